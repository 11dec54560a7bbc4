"""Mail: that it can be fetched and sent, and that none lies longer than it should."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.utils.translation import gettext as _

from halkhata.doors.cli.health.finding import Finding
from halkhata.engines.messaging.choices import OutboundState, RawState
from halkhata.engines.messaging.models import Delivery, InboundRaw, Mailbox
from halkhata.engines.messaging.selectors.channel_health import BAD, GOOD, QUIET, WARN, channel_health
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.templatetags.halkhata import duration, num

# Stored mail is processed within seconds and tried again each minute; due mail leaves within fifteen seconds.
PATIENCE = timedelta(minutes=5)
# Mailboxes are looked into every 20 seconds.
SILENCE = timedelta(minutes=5)
# For machines.
LIGHTS = {GOOD: "green", WARN: "yellow", BAD: "red", QUIET: "off"}


def mailboxes() -> Finding:
    """Whether every mailbox in use was fetched a moment ago and could be sent from."""
    label = _("Mailboxes")
    real = Mailbox.objects.filter(is_active=True, is_demo=False)
    channels = sorted(channel_health(real), key=lambda one: one.mailbox.pk)
    if not channels:
        return Finding(name="mailboxes", label=label, ok=True, detail=_("none is set up"), values={"mailboxes": []})
    troubles, values = [], []
    for one in channels:
        mailbox = one.mailbox
        silent = bool(mailbox.imap_host) and (mailbox.last_fetch_at is None or now() - mailbox.last_fetch_at > SILENCE)
        error = mailbox.last_fetch_error or mailbox.last_send_error
        for light in (one.incoming, one.outgoing):
            if light.why:
                words = " ".join(
                    str(part) for part in (light.why, light.said and f"({light.said})", light.to_do) if part
                )
                troubles.append(f"{mailbox.address}: {words}")
        if silent and mailbox.last_fetch_at is None and not mailbox.last_fetch_code:
            troubles.append(_("%(address)s: not fetched for a while") % {"address": mailbox.address})
        values.append(
            {
                "address": mailbox.address,
                "last_fetch_at": mailbox.last_fetch_at,
                "last_send_at": mailbox.last_send_at,
                "error": error,
                "silent": silent,
                "light": LIGHTS[one.tone],
                "waiting": one.waiting,
            }
        )
    detail = "; ".join(troubles) or _("%(count)s in order") % {"count": num(len(values))}
    return Finding(name="mailboxes", label=label, ok=not troubles, detail=detail, values={"mailboxes": values})


def incoming_mail() -> Finding:
    """Mail that is stored and not yet processed."""
    found = InboundRaw.objects.filter(is_demo=False).aggregate(
        waiting=Count("pk", filter=Q(state=RawState.STORED)),
        oldest=Min("received_at", filter=Q(state=RawState.STORED)),
        quarantined=Count("pk", filter=Q(state=RawState.QUARANTINED)),
    )
    late = found["oldest"] is not None and now() - found["oldest"] > PATIENCE
    detail = _("%(waiting)s waiting, %(quarantined)s in quarantine") % {
        "waiting": num(found["waiting"]), "quarantined": num(found["quarantined"]),
    }  # fmt: skip
    return _queue("incoming mail", _("Mail coming in"), not late, detail, found)


def outgoing_mail() -> Finding:
    """Mail that is due to be sent, and mail in doubt, which a person decides about."""
    due = Q(state=OutboundState.QUEUED, next_try_at__lte=now())
    found = Delivery.objects.filter(is_demo=False).aggregate(
        waiting=Count("pk", filter=Q(state__in=[OutboundState.QUEUED, OutboundState.SENDING])),
        oldest=Min("next_try_at", filter=due),
        in_doubt=Count("pk", filter=Q(state=OutboundState.IN_DOUBT)),
        failed=Count("pk", filter=Q(state=OutboundState.FAILED)),
    )
    late = found["oldest"] is not None and now() - found["oldest"] > PATIENCE
    detail = _("%(waiting)s waiting, %(in_doubt)s in doubt, %(failed)s failed") % {
        key: num(found[key]) for key in ("waiting", "in_doubt", "failed")
    }
    if found["in_doubt"]:
        detail = f"{detail}; {_('a person decides on the page of mail in trouble')}"
    return _queue("outgoing mail", _("Mail going out"), not late and not found["in_doubt"], detail, found)


def _queue(name: str, label: str, ok: bool, detail: str, found: dict[str, Any]) -> Finding:
    """``found`` with the oldest waiting since ``oldest`` (an instant, or None)."""
    since = found["oldest"]
    if since is not None:
        words = _("the oldest for %(span)s") % {"span": duration(now() - since)}
        detail = f"{detail}; {words}"
    return Finding(name=name, label=label, ok=ok, detail=detail, values=found)

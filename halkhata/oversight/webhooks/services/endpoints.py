"""Setting up where webhooks go."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.accounts.policies import within_reach
from halkhata.foundation.audit.trail import Actor, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from halkhata.foundation.core.outbound_http import check_address
from halkhata.foundation.core.text import clean_text
from halkhata.oversight.webhooks.catalogue import EVENTS
from halkhata.oversight.webhooks.choices import DeliveryState, OffReason
from halkhata.oversight.webhooks.models import WebhookDelivery, WebhookEndpoint
from halkhata.oversight.webhooks.policies import endpoints_visible_to
from halkhata.oversight.webhooks.signing import new_secret, seal

MAX_ENDPOINTS = 50
# How long the former secret signs beside the new one, so that the receiver can change over without a gap.
OVERLAP = timedelta(hours=24)
CHANGEABLE = ("url", "description", "events", "branch", "is_active")


def create_endpoint(
    *, actor: User, url: str, events: Sequence[str], description: str = "", branch: Branch | None = None
) -> tuple[WebhookEndpoint, str]:
    """Set an endpoint up; returns it with its secret, which is shown this once.

    The endpoint acts for ``actor``: it hears of what the actor may see. Raises PermissionRefused, AddressRefused and
    DomainError ``no_events``, ``unknown_event``, ``too_many_endpoints``, NotFound for a branch out of reach.
    """
    _may(actor)
    values = _clean(actor, {"url": url, "events": events, "description": description, "branch": branch})
    secret = new_secret()
    with transaction.atomic():
        if WebhookEndpoint.objects.count() >= MAX_ENDPOINTS:
            raise DomainError("too_many_endpoints", _("There are too many webhooks; remove one first."))
        endpoint = WebhookEndpoint.objects.create(owner=actor, secret=seal(secret), **values)
        record(actor=actor, action="webhook.create", record=endpoint, after=values)
    return endpoint, secret


def change_endpoint(
    *, actor: User, endpoint: WebhookEndpoint, version: int | None = None, **changes: Any
) -> WebhookEndpoint:
    """Change any of CHANGEABLE. Switching it on again forgets its failures.

    Raises what ``create_endpoint`` raises, and Conflict when somebody changed it since ``version``.
    """
    unknown = set(changes) - set(CHANGEABLE)
    if unknown:
        raise TypeError(f"unknown fields: {', '.join(sorted(unknown))}")
    with transaction.atomic():
        held = _hold(actor, endpoint, version)
        wanted = {name: value for name, value in changes.items() if value != getattr(held, name)}
        values = _clean(actor, wanted)
        before = {name: getattr(held, name) for name in values}
        if not values:
            return held
        if values.get("is_active"):
            if not held.owner.may("webhook.edit"):
                raise DomainError("owner_left", _("Its owner may no longer set up webhooks; make a new one."))
            values |= {"off_reason": OffReason.NONE, "failing_since": None, "failures": 0, "paused_until": None}
        elif "is_active" in values:
            values["off_reason"] = OffReason.PERSON
        _write(held, values)
        if "is_active" in values and not held.is_active:
            give_up_waiting(held)
        record(actor=actor, action="webhook.update", record=held, before=before, after=values)
    return held


def rotate_secret(*, actor: User, endpoint: WebhookEndpoint, version: int | None = None) -> tuple[WebhookEndpoint, str]:
    """Give the endpoint a new secret, shown this once; for OVERLAP the former one signs as well."""
    secret = new_secret()
    with transaction.atomic():
        held = _hold(actor, endpoint, version)
        _write(
            held,
            {"previous_secret": held.secret, "previous_secret_until": now() + OVERLAP, "secret": seal(secret)},
        )
        record(actor=actor, action="webhook.rotate", record=held, after={"until": held.previous_secret_until})
    return held, secret


def remove_endpoint(*, actor: User, endpoint: WebhookEndpoint, version: int | None = None) -> None:
    """Remove the endpoint and the list of its calls."""
    with transaction.atomic():
        held = _hold(actor, endpoint, version)
        record(actor=actor, action="webhook.remove", record=held, before={"url": held.url, "events": held.events})
        held.delete()


def switch_off(endpoint: WebhookEndpoint, *, reason: str, actor: Actor | None = None) -> None:
    """Switch an endpoint off by itself and tell its owner why. What waits is given up, and can be sent again later."""
    with transaction.atomic():
        changed = WebhookEndpoint.objects.filter(pk=endpoint.pk, is_active=True).update(
            is_active=False, off_reason=reason, updated_at=now()
        )
        if not changed:
            return
        endpoint.is_active, endpoint.off_reason = False, reason
        give_up_waiting(endpoint)
        record(actor=actor, action="webhook.switch_off", record=endpoint, after={"reason": reason})
        notify(
            user=endpoint.owner,
            verb="webhook.switched_off",
            data={"url": endpoint.url[:120], "reason": reason},
            cause=f"webhook-off:{endpoint.pk}:{now():%Y%m%d%H%M%S}",
        )


def give_up_waiting(endpoint: WebhookEndpoint) -> int:
    """Put what waits for an endpoint that is off into the list of calls given up. Returns how many."""
    return WebhookDelivery.objects.filter(endpoint=endpoint, state=DeliveryState.PENDING).update(
        state=DeliveryState.DEAD, finished_at=now(), locked_by="", last_error="endpoint_off"
    )


def _may(actor: User) -> None:
    if not actor.may("webhook.edit"):
        raise PermissionRefused("webhook_refused", _("Your role does not allow setting up webhooks."))


def _hold(actor: User, endpoint: WebhookEndpoint, version: int | None) -> WebhookEndpoint:
    _may(actor)
    held = endpoints_visible_to(actor).select_for_update(of=("self",)).filter(pk=endpoint.pk).first()
    if held is None:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    if version is not None and held.version != version:
        raise Conflict(
            "changed_meanwhile", _("Somebody else changed this meanwhile. Nothing was saved; please look at it again.")
        )
    return held


def _write(endpoint: WebhookEndpoint, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(endpoint, name, value)
    endpoint.version += 1
    endpoint.updated_at = now()
    endpoint.save(update_fields=[*values, "version", "updated_at"])


def _clean(actor: User, values: dict[str, Any]) -> dict[str, Any]:
    """The values fit to store."""
    clean = dict(values)
    if "url" in clean:
        clean["url"] = str(clean["url"]).strip()
        check_address(clean["url"])
    if "description" in clean:
        clean["description"] = clean_text(clean["description"], max_length=120)
    if "events" in clean:
        chosen = set(clean["events"])
        if not chosen:
            raise DomainError("no_events", _("Choose at least one event."), field="events")
        if chosen - set(EVENTS):
            raise DomainError("unknown_event", _("There is no such event."), field="events")
        for name in chosen:
            if not actor.may(EVENTS[name].permission):
                raise PermissionRefused(
                    "event_above_own", _("A webhook cannot tell more than you may see yourself."), event=name
                )
        clean["events"] = [name for name in EVENTS if name in chosen]
    branch = clean.get("branch")
    if branch is not None and not (branch.is_active and within_reach(actor, branch)):
        raise NotFound("no_such_branch", _("There is no such branch, or it is not for you."), field="branch")
    return clean

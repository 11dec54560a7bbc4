"""Gateways with their lights, and what they carried and reported."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.models import TextMessage
from halkhata.engines.messaging.selectors.channel_health import BAD, GOOD, PATIENCE, QUIET, WARN, Light
from halkhata.engines.messaging.text_choices import TextChannel, TextState
from halkhata.engines.messaging.text_policies import texts_visible_to
from halkhata.engines.sms.adapters import ADAPTERS
from halkhata.engines.sms.choices import Fault, ReportState
from halkhata.engines.sms.models import Gateway, SmsDelivery, SmsReport
from halkhata.engines.sms.policies import gateways_visible_to
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now

PAGE = 50
MOST_PRINTED = 200
# What does not mend itself.
_NEEDS_A_PERSON = (Fault.BALANCE, Fault.ACCESS, Fault.ADDRESS, Fault.SENDER, Fault.SECRETS)
_TO_DO: dict[str, Any] = {
    Fault.BALANCE: _("Pay the gateway; what waits goes by itself afterwards, or is shown as failed."),
    Fault.ACCESS: _("Open the gateway, type key and password again, and send a try."),
    Fault.SECRETS: _("Open the gateway, type key and password again, and send a try."),
    Fault.ADDRESS: _("Ask the gateway to allow the address of this server, and do not switch its check off."),
    Fault.SENDER: _("Write the sender's name as the gateway has approved it."),
}
_WAIT = _("Nothing, for the time being: it is tried again by itself. If it lasts, ask the gateway.")


@dataclass(frozen=True, kw_only=True)
class Row:
    """A gateway on the page: its light, and whether its kind was tried against the real service."""

    gateway: Gateway
    light: Light
    is_low: bool
    tried: bool


def gateway_rows(user: User) -> list[Row]:
    """The gateways in reach, in one query."""
    rows = gateways_visible_to(user).select_related("branch").order_by("-is_active", "name", "pk")
    return [row_of(gateway) for gateway in rows]


def row_of(gateway: Gateway) -> Row:
    """One gateway as the page shows it."""
    return Row(
        gateway=gateway, light=light_of(gateway), is_low=gateway.low_since is not None,
        tried=ADAPTERS[gateway.kind].tried,
    )  # fmt: skip


def light_of(gateway: Gateway) -> Light:
    """How handing over goes: a gateway that failed a moment ago is yellow, one that needs somebody is red."""
    if gateway.is_demo:
        return Light(tone=QUIET, word=_("Invented"))
    if not gateway.is_active:
        return Light(tone=QUIET, word=_("Not in use"))
    if not gateway.last_fault:
        if gateway.last_ok_at is None:
            return Light(tone=WARN, word=_("Not tried yet"), to_do=_("Send a try."))
        return Light(tone=GOOD, word=_("Works"), at=gateway.last_ok_at)
    since = gateway.failing_since
    is_bad = gateway.last_fault in _NEEDS_A_PERSON or since is None or now() - since > PATIENCE
    return Light(
        tone=BAD if is_bad else WARN,
        word=_("Does not work") if is_bad else _("Look at it"),
        why=Fault(gateway.last_fault).label,
        to_do=_TO_DO.get(gateway.last_fault, _WAIT),
        said=gateway.last_said,
        at=gateway.last_ok_at,
        since=since,
        code=gateway.last_fault,
    )


def last_carried(gateway: Gateway, limit: int = 20) -> list[SmsDelivery]:
    """What it was handed last, newest first; of a text only what its list shows to whoever may."""
    return list(gateway.deliveries.select_related("text")[:limit])


def reports_page(user: User, before: int | None = None) -> tuple[list[SmsReport], int | None]:
    """Reports of the gateways in reach that wait or could not be read, newest first; and the id to go on from."""
    rows = SmsReport.objects.filter(gateway__in=gateways_visible_to(user)).exclude(state=ReportState.TAKEN)
    rows = rows.select_related("gateway").order_by("-id")
    if before:
        rows = rows.filter(pk__lt=before)
    page = list(rows[: PAGE + 1])
    return page[:PAGE], page[PAGE - 1].pk if len(page) > PAGE else None


def texts_to_print(user: User) -> QuerySet[TextMessage]:
    """Texts that wait for somebody to call, send or tell them: oldest first, without codes, which no paper keeps."""
    rows = texts_visible_to(user).filter(state=TextState.PREPARED, channel=TextChannel.SMS).exclude(text="")
    return rows.select_related("item__customer", "customer").order_by("id")[:MOST_PRINTED]

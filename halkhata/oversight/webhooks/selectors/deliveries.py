"""The list of calls of one endpoint."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.oversight.webhooks.choices import DeliveryState
from halkhata.oversight.webhooks.models import WebhookDelivery, WebhookEndpoint
from halkhata.oversight.webhooks.policies import deliveries_visible_to

SIZE = 25
BOXES: dict[str, tuple[Any, tuple[str, ...]]] = {
    "dead": (_("Given up"), (DeliveryState.DEAD, DeliveryState.WITHHELD)),
    "pending": (_("Waiting"), (DeliveryState.PENDING,)),
    "delivered": (_("Delivered"), (DeliveryState.DELIVERED,)),
}
# Why a call failed, in words; the code stands in the row.
WORDS = {
    "no_connection": _("The server could not be reached"),
    "tls": _("The certificate of the server is not valid"),
    "timeout": _("The server did not answer in ten seconds"),
    "broken": _("The connection broke off"),
    "secret_lost": _("The secret cannot be read any more; make a new one"),
    "endpoint_off": _("The webhook was switched off"),
    "address_private": _("The address now leads into a private network"),
    "address_own": _("The address now leads to this server itself"),
    "address_unknown": _("There is no server of this name"),
}


@dataclass(frozen=True, kw_only=True)
class DeliveryPage:
    """Rows, newest first; ``older`` is what ``before`` takes for the next page, 0 at the end."""

    rows: list[WebhookDelivery]
    older: int


def delivery_page(user: User, endpoint: WebhookEndpoint, box: str, *, before: int | None = None) -> DeliveryPage:
    """One page of calls in one box."""
    rows = deliveries_visible_to(user).filter(endpoint=endpoint, state__in=BOXES[box][1])
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: SIZE + 1])
    return DeliveryPage(rows=found[:SIZE], older=found[SIZE - 1].pk if len(found) > SIZE else 0)


def trouble_words(error: str) -> Any:
    """Why a call failed, for people."""
    if error.startswith("http_"):
        return _("The server answered with the error %(status)s") % {"status": error.removeprefix("http_")}
    return WORDS.get(error, error)

"""To whom an answer goes: only to people of the conversation, and everybody sees everybody (no blind copies)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.models import Conversation, Suppression
from halkhata.engines.messaging.services.participants import active_participants, addresses_of_customer
from halkhata.foundation.core.errors import DomainError


@dataclass(frozen=True, kw_only=True)
class Recipients:
    """``reaches_customer``: whether the customer is among them, for only then somebody has been answered."""

    to: str
    cc: tuple[str, ...]
    reaches_customer: bool


def settle_recipients(conversation: Conversation, *, usual: str, to: str = "", cc: Sequence[str] = ()) -> Recipients:
    """Check ``to`` ("" is ``usual``, the customer) and ``cc``; each address once.

    Raises DomainError ``not_participant`` for somebody who takes no part and ``copy_undeliverable`` for an address that
    nothing is sent to.
    """
    customers = {usual.lower(), conversation.customer_address.lower(), *addresses_of_customer(conversation)} - {""}
    first = (to or usual).strip().lower()
    copies = [one for one in dict.fromkeys(address.strip().lower() for address in cc) if one and one != first]
    wanted = {first, *copies} - {""}
    if wanted - customers:
        others = set(active_participants(conversation).values_list("address", flat=True))
        for address in sorted(wanted - customers - others):
            raise DomainError(
                "not_participant",
                _("%(address)s takes no part in this ticket. Add the person first.") % {"address": address},
                field="recipients",
                address=address,
            )
    if copies:
        dead = Suppression.objects.filter(address__in=copies).values_list("address", flat=True).first()
        if dead:
            raise DomainError(
                "copy_undeliverable",
                _("Nothing is sent to %(address)s: mail to it came back. Take it out of the copies.")
                % {"address": dead},
                field="recipients",
                address=dead,
            )
    return Recipients(to=first, cc=tuple(copies), reaches_customer=bool(wanted & customers))

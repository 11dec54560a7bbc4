"""The one question before anything leaves the house: may this person be contacted, for this, this way, now (B.4, N2).

Asked when a message is sent, not when it is queued: whoever says no in between gets nothing.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from halkhata.foundation.core.clock import now
from halkhata.records.customers.models import ContactPoint, Customer
from halkhata.records.privacy.choices import (
    NEEDS_CONSENT,
    ConsentState,
    Purpose,
    Refusal,
    RequestKind,
    RequestState,
)
from halkhata.records.privacy.models import DataRequest, DoNotContact, Erasure
from halkhata.records.privacy.selectors.consents import standing
from halkhata.records.privacy.selectors.family import family_of
from halkhata.records.privacy.services.digests import digest_of, kind_of_channel


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Whether, and if not, why not. True in a condition means: may."""

    refusal: Refusal = Refusal.NONE

    def __bool__(self) -> bool:
        return self.refusal == Refusal.NONE

    @property
    def words(self) -> Any:
        """The reason in the reader's language; "" when there is none."""
        return self.refusal.label if self.refusal else ""


YES = Answer()


def may_contact(
    customer: Customer | int | None,
    purpose: str,
    channel: str,
    at: datetime | None = None,
    *,
    address: str = "",
) -> Answer:
    """Whether ``customer`` may be contacted for ``purpose`` by ``channel`` at ``at`` (now).

    ``address`` is the number (E.164) or address it would go to; without one all of the customer's are asked, and one
    that is stopped stops the whole. Service is owed and needs no consent; a survey goes until the customer objects;
    everything else needs a consent that stands. A stopped number or address wins over any consent.
    """
    moment = at or now()
    pk = customer.pk if isinstance(customer, Customer) else customer
    kind = kind_of_channel(channel)
    ids = family_of(pk) if pk else []
    if _is_erased(ids):
        return Answer(refusal=Refusal.ERASED)
    values = [address] if address else _values(ids, kind)
    if is_stopped(kind, values, purpose, channel):
        return Answer(refusal=Refusal.STOPPED)
    return _agreed(ids, purpose, channel, moment)


def consents(ids: Collection[int], purpose: str, channel: str, at: datetime, *, until_no: bool = False) -> Answer:
    """The same without the stops, for a person whose rows are known, the survivor's first: did they agree?

    ``until_no``: nobody has to have agreed, but whoever said no has said no.
    """
    if _is_erased(ids):
        return Answer(refusal=Refusal.ERASED)
    answer = _agreed(list(ids), purpose, channel, at)
    never_asked = ids and answer.refusal in {Refusal.NO_CONSENT, Refusal.UNCONFIRMED}
    return YES if until_no and never_asked else answer


def _agreed(ids: list[int], purpose: str, channel: str, at: datetime) -> Answer:
    if purpose == Purpose.SERVICE or not ids:
        # A stranger without a row has agreed to nothing: only what they asked for themselves goes to them.
        return YES if purpose == Purpose.SERVICE else Answer(refusal=Refusal.NO_CONSENT)
    if _is_restricted(ids):
        return Answer(refusal=Refusal.RESTRICTED)
    state = standing(ids[0], purpose, channel, until=at).state
    if state == ConsentState.WITHDRAWN:
        return Answer(refusal=Refusal.WITHDRAWN)
    if purpose not in NEEDS_CONSENT or state == ConsentState.GRANTED:
        return YES
    return Answer(refusal=Refusal.UNCONFIRMED if state == ConsentState.ASKED else Refusal.NO_CONSENT)


def _is_erased(ids: Collection[int]) -> bool:
    return bool(ids) and Erasure.objects.filter(customer_id_then__in=ids).exists()


def is_stopped(kind: str, values: Iterable[str], purpose: str, channel: str) -> bool:
    """Whether nothing of this purpose may go to one of these numbers or addresses this way."""
    digests = [digest_of(kind, value) for value in values if value]
    if not digests:
        return False
    standing_stops = DoNotContact.objects.filter(digest__in=digests, lifted_at__isnull=True)
    of_this = standing_stops.filter(Q(purpose="") | Q(purpose=purpose))
    return of_this.filter(Q(channel="") | Q(channel=channel)).exists()


def _values(ids: list[int], kind: str) -> list[str]:
    if not ids:
        return []
    points = ContactPoint.objects.filter(customer_id__in=ids, kind=kind)
    return list(points.values_list("value", flat=True))


def _is_restricted(ids: list[int]) -> bool:
    open_requests = DataRequest.objects.filter(customer_id__in=ids, state=RequestState.OPEN)
    return open_requests.filter(kind=RequestKind.RESTRICTION).exists()

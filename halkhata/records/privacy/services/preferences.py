"""What a person decides on the page behind a link: by the way the link went, without a sign-in."""

from collections.abc import Collection

from django.db import transaction

from halkhata.records.customers.models import ContactPoint, Customer
from halkhata.records.privacy.choices import (
    DECIDED,
    UNTIL_OBJECTION,
    ConsentAct,
    ConsentSource,
    ConsentState,
    ContactChannel,
)
from halkhata.records.privacy.selectors.consents import NOBODY_ASKED, standings
from halkhata.records.privacy.selectors.family import family_of
from halkhata.records.privacy.services.consents import record_consent
from halkhata.records.privacy.services.digests import digest_of, kind_of_channel
from halkhata.records.privacy.services.links import Named
from halkhata.records.privacy.services.stops import stop_digest


@transaction.atomic
def stop_by_link(*, named: Named, customer: Customer | None) -> None:
    """No to everything but service, by this way; the number or address is stopped even when its row is gone."""
    if customer is not None:
        for purpose in DECIDED:
            record_consent(
                actor=None, customer=customer, purpose=purpose, channel=named.channel, act=ConsentAct.WITHDRAWN,
                source=ConsentSource.LINK, proof=f"link {named.digest[:12]}",
            )  # fmt: skip
    if named.digest:
        stop_digest(
            digest=named.digest, kind=kind_of_channel(named.channel), channel=named.channel, purposes=DECIDED,
            source=ConsentSource.LINK,
        )  # fmt: skip


@transaction.atomic
def unsubscribe(*, named: Named, customer: Customer | None, how: str) -> None:
    """No to the one purpose of the link, by its way, at once; a second press changes nothing.

    The act stands in the ledger with ``how`` it came (by the mail program, on the page) and the number or address it
    came from, by hash. That one is stopped even when the person's row is gone.
    """
    if customer is not None:
        record_consent(
            actor=None, customer=customer, purpose=named.purpose, channel=named.channel, act=ConsentAct.WITHDRAWN,
            source=ConsentSource.LINK, proof=f"{how} {named.digest[:12]}",
        )  # fmt: skip
    stop_digest(
        digest=named.digest, kind=kind_of_channel(named.channel), channel=named.channel, purposes=[named.purpose],
        source=ConsentSource.LINK,
    )  # fmt: skip


@transaction.atomic
def change_preferences(*, named: Named, customer: Customer, agreed: Collection[str]) -> int:
    """Yes to the purposes in ``agreed``, no to the others. Returns how many changed.

    A "yes" counts only while the link's number or address is still the person's: it is how we know that it is them.
    """
    theirs = _is_theirs(named, customer)
    changed = 0
    for purpose in DECIDED:
        wanted = purpose.value in agreed
        if wanted and not theirs:
            continue
        event = record_consent(
            actor=None, customer=customer, purpose=purpose, channel=named.channel,
            act=ConsentAct.GRANTED if wanted else ConsentAct.WITHDRAWN, source=ConsentSource.LINK,
            proof=f"link {named.digest[:12]}",
        )  # fmt: skip
        changed += event is not None
    return changed


@transaction.atomic
def decide_oneself(*, customer: Customer, agreed: Collection[tuple[str, str]], proof: str) -> int:
    """What somebody who has shown the code of their phone decides: yes to the (purpose, channel) pairs in ``agreed``.

    Only what differs from how they stand is written: who was never asked and ticks nothing has not said no. Returns how
    many acts were written.
    """
    known = standings(customer.pk)
    changed = 0
    for purpose in DECIDED:
        for channel in ContactChannel:
            place = (purpose.value, channel.value)
            wanted = place in agreed
            if wanted == counts_as_yes(purpose, known.get(place, NOBODY_ASKED).state):
                continue
            event = record_consent(
                actor=None, customer=customer, purpose=purpose, channel=channel, source=ConsentSource.FORM,
                act=ConsentAct.GRANTED if wanted else ConsentAct.WITHDRAWN, proof=proof,
            )  # fmt: skip
            changed += event is not None
    return changed


def counts_as_yes(purpose: str, state: str) -> bool:
    """Whether something goes for this purpose as it stands: after a yes, or until objection (``UNTIL_OBJECTION``)."""
    return state == ConsentState.GRANTED or (purpose in UNTIL_OBJECTION and state == ConsentState.NONE)


def _is_theirs(named: Named, customer: Customer) -> bool:
    kind = kind_of_channel(named.channel)
    points = ContactPoint.objects.filter(customer_id__in=family_of(customer.pk), kind=kind)
    return named.digest in {digest_of(kind, value) for value in points.values_list("value", flat=True)}

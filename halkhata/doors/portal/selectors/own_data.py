"""What the page "what we keep about you" shows."""

from typing import Any

from halkhata.doors.portal.models import CopyState, FollowRequest
from halkhata.doors.portal.services.copies import copy_of
from halkhata.doors.portal.services.following import SESSION_LIVES
from halkhata.doors.portal.services.telling_owner import is_shared
from halkhata.records.customers.models import Customer
from halkhata.records.privacy.choices import DECIDED, ContactChannel
from halkhata.records.privacy.models import ConsentWording
from halkhata.records.privacy.selectors.consents import NOBODY_ASKED, standings
from halkhata.records.privacy.selectors.requests import open_requests_of
from halkhata.records.privacy.services.preferences import counts_as_yes
from halkhata.records.privacy.starting_texts import WORDINGS


def own_data_of(session: FollowRequest, customer: Customer, *, language: str, number: str) -> dict[str, Any]:
    """Values of the page: the copy, consents with the words in force, open requests. ``number``: just written down."""
    copy = copy_of(session)
    rows = open_requests_of(customer.pk)
    assert session.used_at is not None
    assert session.contact is not None
    return {
        "copy": copy,
        "is_being_made": copy is not None and copy.state == CopyState.WAITING,
        "may_copy": not is_shared(session.contact),
        "decisions": _decisions(customer, language),
        "rows": rows,
        "receipt": next((row for row in rows if row.number == number), None),
        "ticket": session.ticket,
        "ends_at": session.used_at + SESSION_LIVES,
    }


def _decisions(customer: Customer, language: str) -> list[dict[str, Any]]:
    """Each purpose with the words one agrees to, and a box for each way."""
    known = standings(customer.pk)
    words = {
        purpose.value: (text_bn if language == "bn" else text_en) for purpose, (text_bn, text_en) in _wordings().items()
    }
    return [
        {
            "purpose": purpose,
            "words": words[purpose.value],
            "boxes": [
                {
                    "channel": channel,
                    "standing": (found := known.get((purpose.value, channel.value), NOBODY_ASKED)),
                    "is_on": counts_as_yes(purpose, found.state),
                }
                for channel in ContactChannel
            ],
        }
        for purpose in DECIDED
    ]


def _wordings() -> dict[Any, tuple[str, str]]:
    """The words in force for each purpose: the newest that were published, else those the product brings."""
    found: dict[Any, tuple[str, str]] = {purpose: WORDINGS[purpose] for purpose in DECIDED}
    for wording in ConsentWording.objects.order_by("number"):
        for purpose in DECIDED:
            if purpose.value == wording.purpose:
                found[purpose] = (wording.text_bn, wording.text_en)
    return found

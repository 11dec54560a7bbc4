"""Who takes part in an item's conversation, and whom an answer can go to."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from halkhata.engines.messaging.choices import AddedHow
from halkhata.engines.messaging.models import Conversation, Participant
from halkhata.engines.messaging.selectors.addresses import customer_address
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.core.kept_sql import SOME_ID, kept_objects
from halkhata.records.customers.choices import ContactKind

CUSTOMER, POINT, PERSON = "customer", "c", "p"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody an answer can go to. ``key`` stands in the form, so that no address travels through a page."""

    key: str
    address: str
    label: str
    is_customer: bool = False


def roll_of(item: WorkItem) -> list[Participant]:
    """Everybody who takes, took or may take part, in one query; asked once for one item in hand, since several parts
    of its page want it."""
    known: list[Participant] | None = item.__dict__.get("_mail_roll")
    if known is None:
        known = item.__dict__["_mail_roll"] = kept_objects(
            "mail roll", lambda: Participant.objects.filter(conversation__item_id=SOME_ID), {SOME_ID: item.pk}
        )
    return known


def participants_of(item: WorkItem) -> list[Participant]:
    """Those who take part beside the customer."""
    return [one for one in roll_of(item) if one.removed_at is None and one.how != AddedHow.ASKED]


def usual_address(item: WorkItem) -> str:
    """Where an answer usually goes, "" when there is no address; asked once for one item in hand."""
    known: str | None = item.__dict__.get("_mail_address")
    if known is None:
        # Whoever loaded the item may have asked along the way.
        kept = (
            item.__dict__["hint_address"]
            if "hint_address" in item.__dict__
            else Conversation.objects.filter(item_id=item.pk).values_list("customer_address", flat=True).first()
        )
        known = item.__dict__["_mail_address"] = kept or customer_address(item.customer)
    return known


def people_of(item: WorkItem) -> list[Person]:
    """Everybody an answer can go to: first where it usually goes, the customer's other addresses, the participants."""
    usual = usual_address(item)
    people = []
    if usual:
        label = _labelled(str(item.customer or ""), usual)
        people.append(Person(key=CUSTOMER, address=usual, label=label, is_customer=True))
    if item.customer is not None:
        points = sorted(item.customer.contact_points.all(), key=lambda one: one.pk)
        people += [
            Person(
                key=f"{POINT}{one.pk}",
                address=one.value,
                label=_labelled(str(item.customer), one.value),
                is_customer=True,
            )
            for one in points
            if one.kind == ContactKind.EMAIL and one.value != usual.lower()
        ]
    people += [
        Person(key=f"{PERSON}{one.pk}", address=one.address, label=_labelled(one.name, one.address))
        for one in participants_of(item)
    ]
    return people


def chosen_people(item: WorkItem, data: QueryDict) -> dict[str, Any]:
    """What the reply form says about ``to`` and ``cc``, as ``send_reply`` takes them.

    A key that stands for nobody any more (taken out meanwhile) stays in as it is, so that the service refuses it.
    """
    wanted, copies = data.get("to", ""), data.getlist("copy")
    if wanted in {"", CUSTOMER} and not copies:
        return {}
    known = {person.key: person.address for person in people_of(item)}
    to = "" if wanted in {"", CUSTOMER} else known.get(wanted, wanted)
    return {"to": to, "cc": [known.get(key, key) for key in copies[:50]]}


def _labelled(name: str, address: str) -> str:
    return f"{name} <{address}>" if name else address

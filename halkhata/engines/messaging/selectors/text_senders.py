"""Who writes from a number, and which ticket they mean."""

from datetime import datetime

from django.db.models import Q, QuerySet

from halkhata.engines.messaging.models import InboundText, Message, TextMessage
from halkhata.engines.messaging.registry import inbound_desks
from halkhata.engines.messaging.text_choices import TextPurpose, TextState
from halkhata.engines.messaging.texting.keywords import refs_in
from halkhata.engines.work.choices import StateFlag
from halkhata.engines.work.models import WorkItem
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import ContactPoint, Customer

# Texts that never went to anybody say nothing about who spoke last.
_NEVER = (TextState.WITHDRAWN, TextState.REFUSED, TextState.HELD)


def people_of(number: str) -> list[Customer]:
    """Whoever has the number, whose number it is first, each once; who was merged answers as the survivor."""
    points = ContactPoint.objects.filter(kind=ContactKind.PHONE, value=number, customer__isnull=False)
    points = points.select_related("customer__merged_into__branch", "customer__branch")
    found: dict[int, Customer] = {}
    for point in points.order_by("-is_owner", "-is_primary", "id")[:20]:
        person = point.customer.merged_into or point.customer if point.customer else None
        if person is not None:
            found.setdefault(person.pk, person)
    return list(found.values())


def named_item(text: str, people: list[Customer]) -> WorkItem | None:
    """The item whose number stands in the text, when it is one of these people's: a number alone proves nothing."""
    refs = refs_in(text) if people else []
    if not refs:
        return None
    items = {item.number: item for item in _answerable().filter(number__in=refs, customer__in=people)}
    return next((items[ref] for ref in refs if ref in items), None)


def spoken_item(row: InboundText, people: list[Customer], *, since: datetime) -> WorkItem | None:
    """The item that last spoke with the number by SMS, either way: while it is open, or spoke after ``since``."""
    if not people:
        return None
    last: list[tuple[datetime, int]] = []
    ours = TextMessage.objects.filter(
        to_address=row.number, purpose=TextPurpose.NOTICE, item__customer__in=people, item__kind__in=_kinds()
    )
    last += ours.exclude(state__in=_NEVER).order_by("-prepared_at").values_list("prepared_at", "item_id")[:1]
    theirs = InboundText.objects.filter(
        number=row.number, message__conversation__item__customer__in=people,
        message__conversation__item__kind__in=_kinds(),
    )  # fmt: skip
    last += theirs.order_by("-pk").values_list("received_at", "message__conversation__item_id")[:1]
    if not last:
        return None
    at, item_id = max(last)
    item = _answerable().get(pk=item_id)
    return item if item.state_flag != StateFlag.RESOLVED or at > since else None


def open_item_of(people: list[Customer]) -> WorkItem | None:
    """The newest open item of these people: what a first text from their number may be about."""
    if not people:
        return None
    mine = _answerable().filter(customer__in=people, closed_at__isnull=True)
    return mine.exclude(state_flag=StateFlag.RESOLVED).order_by("-opened_at", "-pk").first()


def last_message_channel(item: WorkItem) -> str:
    """By which way the customer wrote last, "" when they never did."""
    said = Message.objects.filter(conversation__item=item, direction="in", is_automatic=False)
    return said.order_by("-at", "-pk").values_list("channel", flat=True).first() or ""


def people_number(item: WorkItem) -> str:
    """The number that news of the item go to: that from which the customer wrote last, else the first that reaches
    somebody; "" for none."""
    if item.customer_id is None:
        return ""
    theirs = ContactPoint.objects.filter(customer_id=item.customer_id, kind=ContactKind.PHONE)
    points = list(theirs.order_by("-is_primary", "pk"))
    said = InboundText.objects.filter(message__conversation__item=item, number__in=[one.value for one in points])
    last = said.order_by("-pk").values_list("number", flat=True).first()
    return last or next((one.value for one in points if one.is_reachable), "")


def last_text_to(number: str) -> TextMessage | None:
    """The last text that went to the number, or may have."""
    gone = Q(state__in=[TextState.SENT, TextState.DELIVERED, TextState.BY_HAND, TextState.IN_DOUBT])
    return TextMessage.objects.filter(gone, to_address=number).order_by("-prepared_at").first()


def _answerable() -> QuerySet[WorkItem]:
    return WorkItem.objects.filter(kind__in=_kinds()).select_related("customer", "branch", "team", "owner")


def _kinds() -> list[str]:
    return [name for name, _desk in inbound_desks.items()]

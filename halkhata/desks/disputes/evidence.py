"""What the dispute desk itself takes into the file: what engines and records keep of the linked items.

The details of tickets, jobs and returns come by the same registry from above (oversight/automation).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from halkhata.desks.disputes.choices import EvidenceKind, FactCode, Party
from halkhata.desks.disputes.models import Dispute
from halkhata.desks.disputes.registry import (
    EvidenceSource,
    Found,
    evidence_sources,
    involvement_sources,
)
from halkhata.engines.messaging.choices import Direction
from halkhata.engines.messaging.models import Message, MessageAttachment
from halkhata.engines.work.choices import Channel, WorkEventKind
from halkhata.engines.work.models import WorkEvent, WorkItem, WorkMinutes
from halkhata.engines.work.registry import item_kinds
from halkhata.foundation.audit.models import AuditEntry
from halkhata.records.catalog.models import PurchaseLine, UnitIdentifier, UnitLife

# What the machine writes is named in the shop's records in one language: English is read by every office.
_IN = "en"
# How the title of a note begins that the customer can read: the file is in English.
PUBLIC_NOTE = "Public note"
_MOST = 2000


def register() -> None:
    """Tell the registries."""
    for order, code, label, collect in (
        (10, "statement", gettext_lazy("Statement of the customer"), statements),
        (20, "items", gettext_lazy("Linked records"), linked_records),
        (30, "messages", gettext_lazy("Messages and calls"), messages),
        (40, "files", gettext_lazy("Files and photos"), files),
        (50, "history", gettext_lazy("History"), history),
        (60, "minutes", gettext_lazy("Minutes of work"), minutes),
        (70, "purchases", gettext_lazy("Memos"), purchases),
        (80, "unit", gettext_lazy("Life of the unit"), unit_life),
    ):
        evidence_sources.register(f"disputes.{code}", EvidenceSource(order=order, label=label, collect=collect))
    involvement_sources.register("disputes.work", worked_on_it)
    involvement_sources.register("disputes.sale", sold_it)


def statements(dispute: Dispute, _items: Sequence[int]) -> Iterable[Found]:
    """What the customer said when it was opened, and in the appeal."""
    yield Found(
        kind=EvidenceKind.STATEMENT, party=Party.CUSTOMER, origin=f"statement:{dispute.pk}", title=dispute.subject,
        text=dispute.statement, happened_at=dispute.opened_at, fact=FactCode.CUSTOMER_STATEMENT,
    )  # fmt: skip
    if dispute.appeal_text:
        yield Found(
            kind=EvidenceKind.STATEMENT, party=Party.CUSTOMER, origin=f"appeal:{dispute.pk}",
            title=dispute.appeal_text.splitlines()[0], text=dispute.appeal_text, happened_at=dispute.appealed_at,
        )  # fmt: skip


def linked_records(dispute: Dispute, items: Sequence[int]) -> Iterable[Found]:
    """Each linked item in a few lines: number, kind, owner, state, times."""
    rows = WorkItem.objects.filter(pk__in=[pk for pk in items if pk != dispute.pk]).select_related("owner", "branch")
    for item in rows.order_by("pk"):
        known = item_kinds.find(item.kind)
        with override(_IN):
            kind = str(known.label) if known else item.kind
            lines = [
                f"{kind} {item.number}: {item.subject}",
                f"state={item.state} owner={item.owner.audit_label} branch={item.branch.name}",
                f"opened={item.opened_at.isoformat()} first_answer={_moment(item.first_response_at)} "
                f"resolved={_moment(item.resolved_at)} late={'yes' if item.is_breached else 'no'}",
            ]
        yield Found(
            kind=EvidenceKind.RECORD, party=Party.HOUSE, origin=f"item:{item.pk}", title=lines[0],
            text="\n".join(lines), happened_at=item.opened_at,
        )  # fmt: skip


def messages(_dispute: Dispute, items: Sequence[int]) -> Iterable[Found]:
    """Every message, call and note of the conversations."""
    rows = Message.objects.filter(conversation__item__in=items).select_related("conversation__item")
    for message in rows.order_by("at", "pk")[:_MOST]:
        is_call = message.channel == Channel.PHONE
        party = Party.CUSTOMER if message.direction == Direction.INBOUND else Party.HOUSE
        with override(_IN):
            way = str(Channel(message.channel).label)
            side = str(Direction(message.direction).label)
        head = PUBLIC_NOTE if message.is_public else f"{way} {side}"
        who = message.author_label or message.from_address or "-"
        text = message.full_text or message.text
        if is_call and not text:
            text = "answered" if message.call_answered else "not answered"
        yield Found(
            kind=EvidenceKind.CALL if is_call else EvidenceKind.MESSAGE, party=party, origin=f"message:{message.pk}",
            title=f"{message.conversation.item.number} {head} {who}", text=text, happened_at=message.at,
            fact=FactCode.CALLS if is_call else FactCode.CHATS,
        )  # fmt: skip


def files(_dispute: Dispute, items: Sequence[int]) -> Iterable[Found]:
    """What hung on the messages."""
    rows = MessageAttachment.objects.filter(message__conversation__item__in=items).select_related("message", "file")
    for one in rows.order_by("pk")[:_MOST]:
        party = Party.CUSTOMER if one.message.direction == Direction.INBOUND else Party.HOUSE
        yield Found(
            kind=EvidenceKind.FILE, party=party, origin=f"attachment:{one.pk}", title=one.file.original_name,
            file=one.file, happened_at=one.message.at,
        )  # fmt: skip


def history(_dispute: Dispute, items: Sequence[int]) -> Iterable[Found]:
    """What was done with the linked items, line by line, each with its time: one text for each item."""
    lines: dict[int, list[str]] = {}
    for event in WorkEvent.objects.filter(item__in=items).order_by("item_id", "at", "pk")[: _MOST * 5]:
        data = " ".join(f"{name}={value}" for name, value in sorted(event.data.items()) if value not in ("", None))
        line = f"{event.at.isoformat()} {event.kind} {event.actor_label} {data}".rstrip()
        lines.setdefault(event.item_id, []).append(line)
    numbers = dict(WorkItem.objects.filter(pk__in=lines).values_list("pk", "number"))
    for pk, written in lines.items():
        yield Found(
            kind=EvidenceKind.RECORD, party=Party.HOUSE, origin=f"history:{pk}",
            title=f"History of {numbers[pk]}", text="\n".join(written),
        )  # fmt: skip


def minutes(_dispute: Dispute, items: Sequence[int]) -> Iterable[Found]:
    """Minutes of work that were written down."""
    for line in WorkMinutes.objects.filter(item__in=items).select_related("item").order_by("pk")[:_MOST]:
        yield Found(
            kind=EvidenceKind.RECORD, party=Party.HOUSE, origin=f"minutes:{line.pk}",
            title=f"{line.item.number} {line.actor_label} {line.minutes} min",
            text=f"{line.worked_on.isoformat()} {line.minutes} min: {line.what}", happened_at=line.at,
        )  # fmt: skip


def purchases(dispute: Dispute, _items: Sequence[int]) -> Iterable[Found]:
    """The memos in which the unit was sold."""
    if dispute.unit_id is None:
        return
    rows = PurchaseLine.objects.filter(unit=dispute.unit_id).select_related(
        "purchase__branch", "purchase__customer", "product"
    )
    for line in rows.order_by("pk"):
        sale = line.purchase
        text = (
            f"memo={sale.memo or sale.number} date={sale.bought_on.isoformat()} branch={sale.branch.name} "
            f"customer={sale.customer}\nproduct={line.product} quantity={line.quantity} price={line.unit_price} "
            f"discount={line.discount} {sale.currency}"
            + (f"\nreversed={sale.reversed_at.isoformat()}" if sale.reversed_at else "")
        )
        yield Found(
            kind=EvidenceKind.PURCHASE, party=Party.HOUSE, origin=f"purchase_line:{line.pk}",
            title=f"{sale.memo or sale.number}", text=text, happened_at=sale.created_at, fact=FactCode.MEMO,
        )  # fmt: skip


def unit_life(dispute: Dispute, _items: Sequence[int]) -> Iterable[Found]:
    """Which unit it is, and its whole life."""
    if dispute.unit is None:
        return
    named = UnitIdentifier.objects.filter(unit=dispute.unit_id).order_by("pk").values_list("kind", "value")
    text = "\n".join(f"{kind}={value}" for kind, value in named)
    yield Found(
        kind=EvidenceKind.UNIT, party=Party.HOUSE, origin=f"unit:{dispute.unit_id}",
        title=f"{dispute.unit.number} {dispute.unit.product}", text=text or dispute.unit.number, fact=FactCode.SERIAL,
    )  # fmt: skip
    for line in UnitLife.objects.filter(unit=dispute.unit_id).exclude(verb__startswith="dispute.").order_by("at", "pk"):
        data = " ".join(f"{name}={value}" for name, value in sorted(line.data.items()))
        yield Found(
            kind=EvidenceKind.UNIT, party=Party.HOUSE, origin=f"life:{line.pk}",
            title=f"{line.verb} {line.actor_label}".strip(), text=f"{line.at.isoformat()} {line.verb} {data}",
            happened_at=line.at,
        )  # fmt: skip


def worked_on_it(dispute: Dispute, items: Sequence[int]) -> Mapping[int, Any]:
    """Whoever owned, changed, answered, noted, wrote minutes or did anything that the audit trail names."""
    did: dict[int, Any] = {}

    def note(pk: int | None, what: Any) -> None:
        if pk is not None:
            did.setdefault(pk, what)

    pk: int | None
    for pk in WorkItem.objects.filter(pk__in=items).values_list("owner_id", flat=True):
        note(pk, _("owned it"))
    events = WorkEvent.objects.filter(item__in=items)
    for actor, kind, data in events.values_list("actor_id_then", "kind", "data"):
        note(actor, _("worked on it"))
        if kind in {WorkEventKind.ASSIGNED, WorkEventKind.OPENED}:
            for name in ("owner_id", "from_id", "to_id"):
                value = data.get(name)
                note(value if isinstance(value, int) else None, _("owned it"))
    for pk in Message.objects.filter(conversation__item__in=items).values_list("author_id", flat=True):
        note(pk, _("wrote to the customer or a note about it"))
    for pk in WorkMinutes.objects.filter(item__in=items).values_list("actor_id_then", flat=True):
        note(pk, _("wrote down work on it"))
    kinds = [WorkItem._meta.label_lower, *(model._meta.label_lower for model in WorkItem.__subclasses__())]
    entries = AuditEntry.objects.filter(record_type__in=kinds, record_id__in=[str(pk) for pk in items])
    # An officer's own steps on the panel are no part of the case; everything else is.
    entries = entries.exclude(action__in=["dispute.vote", "dispute.recuse", "dispute.interest"])
    for pk in entries.order_by().values_list("actor_id", flat=True).distinct():
        note(pk, _("worked on it"))
    return did


def sold_it(dispute: Dispute, _items: Sequence[int]) -> Mapping[int, Any]:
    """Who wrote the memo, and who did anything with the unit."""
    if dispute.unit_id is None:
        return {}
    did: dict[int, Any] = {}
    pk: int | None
    lines = PurchaseLine.objects.filter(unit=dispute.unit_id)
    for seller, back in lines.values_list("purchase__created_by_id", "purchase__reversed_by_id"):
        for pk in (seller, back):
            if pk is not None:
                did[pk] = _("sold it")
    for pk in (
        UnitLife.objects.filter(unit=dispute.unit_id)
        .exclude(verb__startswith="dispute.")
        .values_list("actor_id", flat=True)
    ):
        if pk is not None:
            did.setdefault(pk, _("handled the unit"))
    return did


def _moment(value: Any) -> str:
    return value.isoformat() if value is not None else "-"

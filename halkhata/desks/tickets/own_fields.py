"""Tickets as a target of the shop's own fields, rules and tags (foundation/fields, A56.13)."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets import policies
from halkhata.desks.tickets.choices import Impact, TicketKind, TicketState, Urgency
from halkhata.desks.tickets.events import TicketChanged
from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.models_fields import TicketTag, TicketValue
from halkhata.desks.tickets.services.locking import lock_ticket
from halkhata.engines.work.choices import Channel, Priority
from halkhata.engines.work.registry import MoreFilters, more_filters
from halkhata.engines.work.services.items import update_item
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, NotFound
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.personal_data import PersonalData, register_personal_data
from halkhata.foundation.fields.list_filters import filter_condition, is_own_filter, offered_filters
from halkhata.foundation.fields.registry import BuiltInField, FieldTarget, field_targets
from halkhata.foundation.fields.selectors.schema import stamp_of
from halkhata.records.customers.privacy import may_see_private

TARGET = "ticket"

BUILT_IN: Sequence[BuiltInField] = (
    BuiltInField(code="subject", label=_("Subject"), in_layout=False),
    BuiltInField(code="description", label=_("Description"), kind="long_text", in_layout=False),
    BuiltInField(code="kind", label=_("Kind"), kind="choice", choices=lambda: TicketKind.choices, in_layout=False),
    BuiltInField(code="channel", label=_("Channel"), kind="choice", choices=lambda: Channel.choices, in_layout=False),
    BuiltInField(
        code="priority", label=_("Priority"), kind="choice", choices=lambda: Priority.choices, in_layout=False
    ),
    BuiltInField(code="impact", label=_("Impact"), kind="choice", choices=lambda: Impact.choices, in_layout=False),
    BuiltInField(code="urgency", label=_("Urgency"), kind="choice", choices=lambda: Urgency.choices, in_layout=False),
    BuiltInField(code="category", label=_("Category"), in_layout=False),
    BuiltInField(code="serial", label=_("Serial number"), in_layout=False),
    BuiltInField(code="caller_name", label=_("Name of the caller"), in_layout=False),
)


def read_built_in(ticket: Ticket) -> dict[str, Any]:
    """The ticket's own fields as rules see them; what is empty is None."""
    found: dict[str, Any] = {
        "kind": ticket.ticket_kind,
        "category": ticket.category.code if ticket.category else None,
        **{
            name: getattr(ticket, name)
            for name in (
                "subject", "description", "channel", "priority", "impact", "urgency", "serial", "caller_name"
            )
        },
    }  # fmt: skip
    return {name: value or None for name, value in found.items()}


def held(actor: Any, pk: int) -> Ticket:
    """The ticket, locked for change. Raises NotFound, PermissionRefused, Conflict for one that is closed or merged."""
    if isinstance(actor, User):
        ticket = Ticket.objects.visible_to(actor).filter(pk=pk).first()
        if ticket is None:
            raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
        policies.require(actor, "ticket.edit", ticket)
    locked = lock_ticket(pk)
    if locked.state == TicketState.CLOSED:
        raise Conflict("closed", _("This ticket is closed. Open a new one for the customer."))
    return locked


def may_edit(actor: Any) -> bool:
    """Whether ``actor`` may change tickets at all."""
    return not isinstance(actor, User) or actor.may("ticket.edit")


def tell_of_change(*, actor: Any, record: Ticket, codes: Sequence[str]) -> None:
    """A new version and an event: what every change of a ticket's own fields brings."""
    named = tuple("tags" if code == "tags" else f"custom.{code}" for code in codes)
    update_item(record, last_activity_at=max(now(), record.last_activity_at))
    publish(TicketChanged(ticket_id=record.pk, number=record.number, fields=named))


def register() -> None:
    """Tell the registries: target, filters of the queue, personal data."""
    more_filters.register(
        TARGET,
        MoreFilters(
            owns=is_own_filter,
            stamp=partial(stamp_of, TARGET),
            offered=partial(offered_filters, TARGET),
            condition=partial(filter_condition, TARGET),
        ),
    )
    field_targets.register(
        TARGET,
        FieldTarget(
            label=_("Tickets"),
            record_label=_("Ticket"),
            values=TicketValue,
            tag_uses=TicketTag,
            records=Ticket.objects.visible_to,
            lock=held,
            may_edit=may_edit,
            see_private=may_see_private,
            built_in=BUILT_IN,
            read=read_built_in,
            url=lambda ticket: reverse("tickets:detail", args=[ticket.number]),
            changed=tell_of_change,
            view_permission="ticket.view",
            edit_permission="ticket.edit",
            order=20,
        ),
    )
    register_personal_data(
        PersonalData(
            model_label="tickets.TicketValue", paths=("record__customer",), on_erasure="delete", order=440,
            label=_("Fields of the shop's own"),
        ),
        PersonalData(
            model_label="tickets.TicketTag", paths=("record__customer",), on_erasure="keep", order=440, label=_("Tags"),
            why_kept=_("What kind of case it was, when and how it ended: reports count it."),
        ),
    )  # fmt: skip

"""What the complaint desk tells the floors below about itself. Called once, when the apps are ready."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets import chat, inbound
from halkhata.desks.tickets.call_page import repeat_panel, ringing_sentence
from halkhata.desks.tickets.choices import SIDE_OF_STATE, Remedy, TicketKind, TicketState
from halkhata.desks.tickets.models import Call, CannedReply, Category, PhoneSystem, Ticket
from halkhata.desks.tickets.selectors.board import find_tickets
from halkhata.desks.tickets.selectors.open_matters import has_open_complaint
from halkhata.desks.tickets.selectors.products import products_of_tickets
from halkhata.desks.tickets.selectors.related import tickets_of_customer
from halkhata.desks.tickets.services.defaults import prepare_desk
from halkhata.engines.messaging.registry import open_matters
from halkhata.engines.work.models import DelayNote, WorkEvent, WorkMinutes
from halkhata.engines.work.registry import ItemKind, item_kinds, notification_sentences
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.visibility import scope_key
from halkhata.foundation.core.append_only import suspended
from halkhata.foundation.core.formatting import format_ref
from halkhata.foundation.core.kept_sql import SOME_ID, kept_objects
from halkhata.foundation.core.reader import current_reader
from halkhata.foundation.core.registry import (
    DemoClearer,
    NavItem,
    SettingsPage,
    demo_clearers,
    navigation,
    settings_pages,
    setup_steps,
)
from halkhata.records.customers.models import Customer
from halkhata.records.customers.registry import (
    CustomerLink,
    CustomerPanel,
    CustomerTrace,
    SearchHit,
    SearchSource,
    customer_links,
    customer_panels,
    customer_traces,
    search_sources,
    timeline_icons,
    timeline_sentences,
)

PREFIX = "K"
ICONS = {
    TicketKind.COMPLAINT: "message-report",
    TicketKind.QUESTION: "help-circle",
    TicketKind.REQUEST: "clipboard-list",
}
SHOWN_ON_CUSTOMER_PAGE = 5


def register_all() -> None:
    """Fill the registries."""
    for kind in TicketKind:
        item_kinds.register(
            kind.value,
            ItemKind(
                code=kind.value,
                label=kind.label,
                icon=ICONS[kind],
                prefix=PREFIX,
                url_name="tickets:detail",
                states=tuple((state.value, state.label) for state in TicketState if state is not TicketState.MERGED),
                category_of=category_code,
                categories=category_choices,
                category_lines=category_lines,
                products_of=products_of_tickets,
                asks_delay_reason=True,
                sides=SIDE_OF_STATE,
            ),
        )
    inbound.register()
    chat.register()
    open_matters.register("tickets.complaint", has_open_complaint)
    navigation.register(
        "tickets",
        NavItem(
            label=_("Tickets"),
            url_name="tickets:board",
            icon="ticket",
            section="work",
            order=30,
            permission="ticket.view",
            new_url_name="tickets:new",
            new_permission="ticket.create",
        ),
    )
    for name, label, description, icon, order in (
        ("categories", _("Categories"), _("What tickets are about, and to which team they go"), "tag", 72),
        ("causes", _("Root causes"), _("Why things go wrong: the list asked with each solution"), "zoom-question", 73),
        ("priorities", _("Priorities"), _("Which priority impact and urgency make together"), "flag", 74),
        ("safety_words", _("Words of danger"), _("What makes a ticket urgent at once"), "alert-octagon", 75),
        ("phone", _("Telephone"), _("Results of calls, extensions, telephone systems, who keeps calling"), "phone", 76),
        ("rules", _("Rules of the desk"), _("Opening again, calling again, closing, the public form"), "settings", 77),
    ):
        settings_pages.register(
            f"tickets.{name}",
            SettingsPage(
                label=label, description=description, icon=icon, url_name=f"tickets:{name}", order=order,
                permission="settings.edit",
            ),
        )  # fmt: skip
    settings_pages.register(
        "tickets.canned",
        SettingsPage(
            label=_("Ready-made answers"), description=_("What is written every day, in both languages"),
            icon="message-bolt", url_name="tickets:canned_list", order=78, permission="ticket.reply",
        ),
    )  # fmt: skip
    setup_steps.register("tickets", prepare_desk)
    demo_clearers.register("tickets", DemoClearer(order=30, clear=clear_demo))
    search_sources.register(
        "tickets",
        SearchSource(label=_("Tickets"), icon="ticket", order=20, permission="ticket.view", find=ticket_hits),
    )
    customer_panels.register(
        "tickets",
        CustomerPanel(
            order=10,
            template="tickets/customer_panel.html",
            context=customer_panel,
            permission="ticket.view",
            column="main",
        ),
    )
    customer_panels.register(
        "tickets.repeat_caller",
        CustomerPanel(
            order=1,
            template="tickets/_repeat_caller.html",
            context=repeat_panel,
            permission="ticket.view",
            column="main",
        ),
    )
    customer_links.register(
        "tickets.Call",
        CustomerLink(
            model_label="tickets.Call", field="customer", on_merge="move", personal_data="content", label=_("calls")
        ),
    )
    customer_traces.register("tickets.call", CustomerTrace(model_label="tickets.Call", field="customer", path="number"))
    notification_sentences.register("call.ringing", ringing_sentence)
    timeline_icons.register("ticket", "ticket")
    timeline_sentences.register("ticket.resolved", _resolved_sentence)
    timeline_sentences.register("ticket.reopened", lambda data: _("%(number)s was opened again") % _shown(data))
    timeline_sentences.register("ticket.closed", lambda data: _("%(number)s was closed") % _shown(data))
    timeline_sentences.register("ticket.merged", lambda data: _("%(number)s was merged into %(into)s") % _shown(data))
    timeline_sentences.register("ticket.unmerged", lambda data: _("%(number)s stands on its own again") % _shown(data))
    timeline_sentences.register("ticket.split", lambda data: _("%(number)s was split off from %(from)s") % _shown(data))
    notification_sentences.register("ticket.safety_alarm", _alarm_sentence)
    notification_sentences.register(
        "ticket.merged", lambda data: _("%(number)s was merged into your ticket %(into)s") % _shown(data)
    )
    notification_sentences.register(
        "ticket.unmerged",
        lambda data: _("%(number)s is a ticket of its own again: the merge was undone") % _shown(data),
    )


def category_code(item: Any) -> str:
    """The code of a ticket's category, whatever instance of the work item is at hand."""
    ticket = item if isinstance(item, Ticket) else Ticket.objects.select_related("category").filter(pk=item.pk).first()
    return ticket.category.code if ticket is not None and ticket.category else ""


def category_lines(items: Sequence[Any]) -> dict[int, list[str]]:
    """The category of each ticket and the one it is part of: one statement."""
    rows = Ticket.objects.filter(pk__in=[item.pk for item in items], category__isnull=False).order_by()
    codes = rows.values_list("pk", "category__code", "category__parent__code")
    return {pk: [own, above] if above else [own] for pk, own, above in codes}


def category_choices() -> list[tuple[str, Any]]:
    """Codes and names of the categories in use."""
    return [(category.code, category.name) for category in Category.objects.filter(is_active=True)]


def ticket_hits(user: User, text: str, limit: int) -> list[SearchHit]:
    """Search source: tickets by number or serial number."""
    return [
        SearchHit(
            title=f"{_ref(ticket.number)} {ticket.subject}",
            url=reverse("tickets:detail", args=[ticket.number]),
            subtitle=" · ".join(
                filter(None, [str(ticket.customer) if ticket.customer else ticket.caller_name, ticket.serial])
            ),
            badge=ticket.state_label,
            at=ticket.opened_at,
        )
        for ticket in find_tickets(user, text, limit)
    ]


def customer_panel(user: User, customer: Customer) -> dict[str, Any]:
    """The customer's tickets: what is open and what was before. One query."""
    found = kept_objects(
        ("tickets of a customer", scope_key(user)),
        lambda: tickets_of_customer(user, Customer(pk=SOME_ID))[: SHOWN_ON_CUSTOMER_PAGE + 1],
        {SOME_ID: customer.pk},
    )
    return {
        "tickets": found[:SHOWN_ON_CUSTOMER_PAGE],
        "has_more": len(found) > SHOWN_ON_CUSTOMER_PAGE,
        "new_url": f"{reverse('tickets:new')}?customer={customer.pk}" if user.may("ticket.create") else "",
    }


def clear_demo() -> int:
    """Remove demo tickets and the demo categories nothing real uses. Returns how many rows went.

    Their history, which the database otherwise guards, goes with them; that of everything else stays untouched.
    """
    with transaction.atomic():
        invented = Q(item__is_demo=True) | Q(customer__is_demo=True) | Q(user__is_demo=True) | Q(branch__is_demo=True)
        Call.objects.filter(invented).delete()
        PhoneSystem.objects.filter(branch__is_demo=True).delete()
        with suspended("work_workevent", "work_delaynote", "work_workminutes"):
            gone = WorkEvent.objects.filter(item__ticket__is_demo=True).delete()[0]
            gone += DelayNote.objects.filter(item__ticket__is_demo=True).delete()[0]
            gone += WorkMinutes.objects.filter(item__ticket__is_demo=True).delete()[0]
        gone += Ticket.objects.filter(is_demo=True).delete()[0]
        gone += CannedReply.objects.filter(is_demo=True).delete()[0]
        return gone + Category.objects.filter(is_demo=True, tickets__isnull=True).delete()[0]


def _ref(number: str) -> str:
    reader = current_reader()
    return format_ref(number, language=reader.language, digits=reader.digits)


def _shown(data: dict[str, Any]) -> dict[str, Any]:
    return {
        **data, **{name: _ref(str(data[name])) for name in ("number", "into", "from") if name in data},
        "number": _ref(str(data.get("number", ""))),
    }  # fmt: skip


def _resolved_sentence(data: dict[str, Any]) -> str:
    remedy = data.get("remedy", "")
    label = Remedy(remedy).label if remedy in Remedy.values else remedy
    return _("%(number)s was resolved: %(remedy)s") % {"number": _ref(str(data.get("number", ""))), "remedy": label}


def _alarm_sentence(data: dict[str, Any]) -> str:
    return _("Danger in %(number)s: %(words)s") % {
        "number": _ref(str(data.get("number", ""))),
        "words": ", ".join(data.get("words", [])),
    }

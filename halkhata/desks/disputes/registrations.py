"""What the dispute desk tells the floors below about itself. Called once, when the apps are ready."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from halkhata.desks.disputes import sentences
from halkhata.desks.disputes.choices import KIND, NEWS, NEWS_PREFIX, PREFIX, SIDE_OF_STATE, DisputeState, Ground
from halkhata.desks.disputes.demo import clear_demo
from halkhata.desks.disputes.models import Dispute
from halkhata.desks.disputes.selectors.files import may_open_file
from halkhata.desks.disputes.selectors.linked import items_under_dispute
from halkhata.desks.disputes.selectors.open_matters import has_open_dispute
from halkhata.desks.disputes.services.defaults import prepare_disputes
from halkhata.desks.disputes.services.leavers import give_back, hand_over, held_by
from halkhata.engines.messaging.registry import open_matters
from halkhata.engines.work.choices import TaskState
from halkhata.engines.work.registry import (
    ItemAction,
    ItemKind,
    Made,
    item_actions,
    item_kinds,
    kept_open,
    notification_sentences,
)
from halkhata.engines.work.selectors.item_facts import made_by
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.formatting import format_ref, parse_ref
from halkhata.foundation.core.reader import current_reader
from halkhata.foundation.core.registry import (
    DemoClearer,
    LeaverStep,
    NavItem,
    ReportPage,
    SettingsPage,
    demo_clearers,
    leaver_steps,
    navigation,
    report_pages,
    settings_pages,
    setup_steps,
)
from halkhata.foundation.core.text import clean_text, fold_digits
from halkhata.foundation.files.registry import file_guards
from halkhata.records.catalog.registry import UnitPanel, life_icons, life_sentences, unit_panels
from halkhata.records.customers.models import Customer
from halkhata.records.customers.registry import (
    CustomerLink,
    CustomerPanel,
    SearchHit,
    SearchSource,
    customer_links,
    customer_panels,
    search_sources,
    timeline_icons,
    timeline_sentences,
)

SHOWN = 5


def register_all() -> None:
    """Fill the registries."""
    item_kinds.register(
        KIND,
        ItemKind(
            code=KIND, label=_("Dispute"), icon="scale", prefix=PREFIX, url_name="disputes:detail",
            states=tuple((state.value, state.label) for state in DisputeState), sides=SIDE_OF_STATE,
            category_of=ground_of, categories=lambda: list(Ground.choices), products_of=products_of_disputes,
        ),
    )  # fmt: skip
    item_kinds.register(
        NEWS,
        ItemKind(
            code=NEWS, label=_("News in a dispute"), icon="phone-call", prefix=NEWS_PREFIX, url_name="work:task",
            states=tuple(TaskState.choices), is_planned=True,
        ),
    )  # fmt: skip
    open_matters.register("disputes", has_open_dispute)
    kept_open.register("disputes", items_under_dispute)
    item_actions.register(
        "disputes",
        ItemAction(
            order=50, label=_("Open a dispute"), icon="scale", url_name="disputes:new", permission="dispute.open"
        ),
    )
    report_pages.register(
        "disputes.consistency",
        ReportPage(
            label=_("Are like cases decided alike?"), question=_("Decisions of the last year, by root cause."),
            url_name="disputes:consistency", icon="scale", permissions=("report.view", "dispute.view"), order=50,
        ),
    )  # fmt: skip
    navigation.register(
        "disputes",
        NavItem(
            label=_("Disputes"), url_name="disputes:board", icon="scale", section="after_sale", order=50,
            permission="dispute.view",
        ),
    )  # fmt: skip
    settings_pages.register(
        "disputes",
        SettingsPage(
            label=_("Law of the house for disputes"),
            description=_("Days of evidence and appeal, size of the panel, who may sit when nobody else is there"),
            icon="scale", url_name="disputes:settings", order=79,
        ),
    )  # fmt: skip
    setup_steps.register("disputes", prepare_disputes)
    leaver_steps.register("disputes", LeaverStep(count=held_by, hand_over=hand_over, give_back=give_back))
    demo_clearers.register("disputes", DemoClearer(order=20, clear=clear_demo))
    search_sources.register(
        "disputes",
        SearchSource(label=_("Disputes"), icon="scale", order=26, permission="dispute.view", find=dispute_hits),
    )
    customer_panels.register(
        "disputes",
        CustomerPanel(
            order=14, template="disputes/customer_panel.html", context=customer_panel, permission="dispute.view",
            column="main", later=True,
        ),
    )  # fmt: skip
    unit_panels.register(
        "disputes",
        UnitPanel(
            order=60, template="disputes/customer_panel.html", context=unit_panel, permission="dispute.view",
            column="main", later=True,
        ),
    )  # fmt: skip
    customer_links.register(
        "disputes.Interest",
        CustomerLink(
            model_label="disputes.Interest", field="customer", on_merge="keep", personal_data="none",
        ),
    )  # fmt: skip
    file_guards.register("disputes", may_open_file)
    timeline_icons.register("dispute", "scale")
    life_icons.register("dispute", "scale")
    for verb in sentences.LINES:
        timeline_sentences.register(verb, sentences.line(verb))
        life_sentences.register(verb, sentences.line(verb))
    for verb in sentences.NOTICES:
        notification_sentences.register(verb, sentences.notice(verb))
    notification_sentences.register("dispute.offer_answered", sentences.offer_answered)
    notification_sentences.register("dispute.hearing", sentences.hearing)


def ground_of(item: Any) -> str:
    """The code of what a dispute is about, whatever instance of the work item is at hand."""
    if isinstance(item, Dispute):
        return str(item.ground)
    return Dispute.objects.filter(pk=item.pk).values_list("ground", flat=True).first() or ""


def products_of_disputes(items: Sequence[Any]) -> dict[int, Made]:
    """The products of the units in dispute."""
    return made_by(Dispute.objects.filter(pk__in=[item.pk for item in items]), "unit__product")


def dispute_hits(user: User, text: str, limit: int) -> list[SearchHit]:
    """Search source: disputes by their number with its letter."""
    number = parse_ref(fold_digits(clean_text(text)).upper()) or ""
    if not number.startswith(f"{PREFIX}-"):
        return []
    reader = current_reader()
    found = Dispute.objects.visible_to(user).filter(number=number).select_related("customer")[:limit]
    return [
        SearchHit(
            title=f"{format_ref(one.number, language=reader.language, digits=reader.digits)} {one.subject}",
            url=reverse("disputes:detail", args=[one.number]), subtitle=str(one.customer or ""),
            badge=one.state_label, at=one.opened_at,
        )
        for one in found
    ]  # fmt: skip


def customer_panel(user: User, customer: Customer) -> dict[str, Any]:
    """The customer's disputes, newest first. One query."""
    url = f"{reverse('disputes:new')}?customer={customer.pk}" if user.may("dispute.open") else ""
    return _panel(user, Q(customer=customer), url)


def unit_panel(user: User, unit: Any) -> dict[str, Any]:
    """The disputes about a unit. One query."""
    url = f"{reverse('disputes:new')}?unit={unit.number}" if user.may("dispute.open") and unit.owner_id else ""
    return _panel(user, Q(unit=unit), url)


def _panel(user: User, condition: Q, url: str) -> dict[str, Any]:
    found = list(Dispute.objects.visible_to(user).filter(condition).order_by("-opened_at", "-pk")[: SHOWN + 1])
    return {"disputes": found[:SHOWN], "has_more": len(found) > SHOWN, "new_url": url}

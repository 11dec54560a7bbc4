"""What the returns desk tells the floors below about itself. Called once, when the apps are ready."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from halkhata.desks.returns.choices import SIDE_OF_STAGE, Advanced, Outcome, Stage
from halkhata.desks.returns.models import (
    Advance,
    AdvanceTerms,
    CreditNote,
    DepositEntry,
    Parcel,
    ParcelFile,
    ReturnFile,
    ReturnPolicy,
    ReturnRequest,
)
from halkhata.desks.returns.selectors.board import find_returns, returns_of_customer
from halkhata.desks.returns.selectors.open_matters import has_open_return
from halkhata.desks.returns.services.approving import GOODWILL
from halkhata.desks.returns.services.defaults import prepare_desk
from halkhata.desks.returns.services.requesting import KIND, PREFIX
from halkhata.engines.goodwill.registry import GoodwillKind, goodwill_kinds
from halkhata.engines.messaging.registry import open_matters
from halkhata.engines.work.models import DelayNote, WorkEvent, WorkItem, WorkMinutes
from halkhata.engines.work.registry import ItemKind, Made, item_kinds, notification_sentences
from halkhata.engines.work.selectors.item_facts import made_by
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.append_only import suspended
from halkhata.foundation.core.formatting import format_money, format_ref
from halkhata.foundation.core.reader import current_reader
from halkhata.foundation.core.registry import (
    DemoClearer,
    NavItem,
    ReportPage,
    SettingsPage,
    demo_clearers,
    navigation,
    report_pages,
    settings_pages,
    setup_steps,
)
from halkhata.foundation.files.registry import file_guards
from halkhata.records.catalog.models import Unit
from halkhata.records.catalog.registry import (
    UnitAction,
    UnitPanel,
    item_units,
    life_icons,
    life_sentences,
    unit_actions,
    unit_panels,
)
from halkhata.records.catalog.selectors.products import kind_choices
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
from halkhata.records.stock.choices import MoveReason

SHOWN = 5
ICON = "arrow-back-up"


def register_all() -> None:
    """Fill the registries."""
    item_kinds.register(
        KIND,
        ItemKind(
            code=KIND, label=_("Return"), icon=ICON, prefix=PREFIX, url_name="returns:detail",
            states=tuple((stage.value, stage.label) for stage in Stage), sides=SIDE_OF_STAGE,
            category_of=category_code, categories=kind_choices, products_of=products_of_returns,
            costs_of=costs_of_returns,
        ),
    )  # fmt: skip
    report_pages.register(
        "returns.numbers",
        ReportPage(
            label=_("Numbers of returns"), question=_("How much comes back, of what, why, and how fast it is settled"),
            url_name="returns:numbers", icon=ICON, permissions=("report.view", "return.view"), order=30,
        ),
    )  # fmt: skip
    open_matters.register("returns", has_open_return)
    navigation.register(
        "returns",
        NavItem(
            label=_("Returns"),
            url_name="returns:board",
            icon=ICON,
            section="after_sale",
            order=46,
            permission="return.view",
        ),
    )
    settings_pages.register(
        "returns.policy",
        SettingsPage(
            label=_("Return policy"), description=_("What is taken back, for how long, and for which fee"),
            icon=ICON, url_name="returns:policies", order=80,
        ),
    )  # fmt: skip
    settings_pages.register(
        "returns.rules",
        SettingsPage(
            label=_("Rules of returns"), description=_("Limits of money, four eyes, days for refund and appeal"),
            icon="settings", url_name="returns:rules", order=81,
        ),
    )  # fmt: skip
    setup_steps.register("returns", prepare_desk)
    demo_clearers.register("returns", DemoClearer(order=45, clear=clear_demo))
    goodwill_kinds.register(
        GOODWILL,
        GoodwillKind(
            code=GOODWILL, label=_("Return against the policy"),
            help=_("Taken back although a rule of the return policy stands against it"), order=40,
        ),
    )  # fmt: skip
    search_sources.register(
        "returns", SearchSource(label=_("Returns"), icon=ICON, order=26, permission="return.view", find=hits)
    )
    customer_panels.register(
        "returns",
        CustomerPanel(
            order=30, template="returns/customer_panel.html", context=customer_panel, permission="return.view",
            later=True,
        ),
    )  # fmt: skip
    unit_panels.register(
        "returns",
        UnitPanel(
            order=50, template="returns/unit_panel.html", context=unit_panel, permission="return.view", later=True
        ),
    )
    unit_actions.register(
        "returns",
        UnitAction(order=50, label=_("Give back"), icon=ICON, url_name="returns:new", permission="return.create"),
    )
    for model, label in (("returns.CreditNote", _("store credit")),):
        customer_links.register(
            model,
            CustomerLink(model_label=model, field="customer", on_merge="move", personal_data="history", label=label),
        )
    item_units.register("returns", units_of_returns)
    file_guards.register("returns", guards_file)
    timeline_icons.register("return", ICON)
    timeline_sentences.register("return.moved", moved_sentence)
    timeline_sentences.register("return.advanced", advanced_sentence)
    life_icons.register("return", ICON)
    life_sentences.register("return.moved", moved_sentence)
    life_sentences.register("return.disposed", disposed_sentence)
    life_sentences.register("return.replaced", lambda data: _("Replaced by %(other)s in %(number)s") % _refs(data))
    life_sentences.register(
        "return.replaces", lambda data: _("Given in replacement of %(other)s in %(number)s") % _refs(data)
    )
    notification_sentences.register(
        "return.appealed", lambda data: _("Appeal against the refusal of %(number)s") % _refs(data)
    )
    notification_sentences.register(
        "return.advance_late", lambda data: _("The old piece of %(number)s did not come in time") % _refs(data)
    )
    notification_sentences.register(
        "return.deposit_due", lambda data: _("The old piece of %(number)s is here: give the deposit back") % _refs(data)
    )


def units_of_returns(item_ids: Sequence[int]) -> dict[int, int]:
    """The units of these returns; counted goods have none."""
    rows = ReturnRequest.objects.filter(pk__in=item_ids, unit__isnull=False)
    return {pk: unit for pk, unit in rows.values_list("pk", "unit_id") if unit is not None}


def products_of_returns(items: Sequence[WorkItem]) -> dict[int, Made]:
    """The products that come back."""
    return made_by(ReturnRequest.objects.filter(pk__in=[item.pk for item in items]), "product")


def costs_of_returns(item_ids: Sequence[int]) -> dict[int, dict[str, Decimal]]:
    """What customers got for what they brought back, in money or goods."""
    rows = ReturnRequest.objects.filter(pk__in=item_ids).only(
        "currency", "refund_amount", "credit_amount", "replacement_amount"
    )
    return {row.pk: {row.currency: row.given} for row in rows if row.given}


def category_code(item: WorkItem) -> str:
    """The code of the kind of product, whatever instance of the work item is at hand."""
    request = (
        item
        if isinstance(item, ReturnRequest)
        else ReturnRequest.objects.select_related("product__kind").filter(pk=item.pk).first()
    )
    return request.product.kind.code if request is not None else ""


def hits(user: User, text: str, limit: int) -> list[SearchHit]:
    """Search source: returns by their number or the unit's."""
    return [
        SearchHit(
            title=f"{_ref(request.number)} {request.subject}", url=reverse("returns:detail", args=[request.number]),
            subtitle=str(request.customer or ""), badge=request.stage_label, at=request.opened_at,
        )
        for request in find_returns(user, text, limit)
    ]  # fmt: skip


def customer_panel(user: User, customer: Customer) -> dict[str, Any]:
    """The customer's returns. One query."""
    found = list(returns_of_customer(user, customer)[: SHOWN + 1])
    return {"returns": found[:SHOWN], "has_more": len(found) > SHOWN, "customer": customer}


def unit_panel(user: User, unit: Unit) -> dict[str, Any]:
    """The returns of a unit, and those it was given in. One query."""
    rows = ReturnRequest.objects.visible_to(user).filter(Q(unit=unit) | Q(replacement_unit=unit))
    return {"returns": list(rows.select_related("customer").order_by("-pk")[:SHOWN])}


def guards_file(user: User, file_id: int) -> bool:
    """A photo of a return or a parcel that the user may see."""
    if not user.may("return.view"):
        return False
    seen = ReturnRequest.objects.visible_to(user).filter(files__file_id=file_id).exists()
    return seen or Parcel.objects.visible_to(user).filter(files__file_id=file_id).exists()


def moved_sentence(data: dict[str, Any]) -> Any:
    """A line of timeline or life: which return, and where it stands."""
    stage, result = str(data.get("stage", "")), str(data.get("result", ""))
    words = str(Stage(stage).label) if stage in Stage.values else stage
    if stage in {Stage.DECIDED, Stage.CLOSED} and result in Outcome.values:
        words = f"{words} ({Outcome(result).label})"
    return _("Return %(number)s: %(stage)s") % {"number": _ref(str(data.get("number", ""))), "stage": words}


def advanced_sentence(data: dict[str, Any]) -> Any:
    """A line of the timeline about a replacement in advance and its deposit."""
    code, reader = str(data.get("what", "")), current_reader()
    values = {
        "number": _ref(str(data.get("number", ""))), "what": Advanced(code).label if code in Advanced.values else code,
        "amount": format_money(
            Decimal(str(data.get("amount") or 0)), str(data.get("currency", "")), language=reader.language,
            digits=reader.digits,
        ),
    }  # fmt: skip
    if Decimal(str(data.get("amount") or 0)):
        return _("Return %(number)s: %(what)s (%(amount)s)") % values
    return _("Return %(number)s: %(what)s") % values


def disposed_sentence(data: dict[str, Any]) -> Any:
    """What became of the goods."""
    code = str(data.get("disposition", ""))
    words = MoveReason(code).label if code in MoveReason.values else code
    return _("After return %(number)s: %(what)s") % {"number": _ref(str(data.get("number", ""))), "what": words}


def clear_demo() -> int:
    """Remove demo returns with their history, parcels and credit notes. Returns how many rows went."""
    with transaction.atomic():
        gone = CreditNote.objects.filter(request__is_demo=True).delete()[0]
        with suspended("returns_depositentry"):
            gone += DepositEntry.objects.filter(advance__request__is_demo=True).delete()[0]
        gone += Advance.objects.filter(request__is_demo=True).delete()[0]
        ParcelFile.objects.filter(parcel__is_demo=True).delete()
        gone += Parcel.objects.filter(is_demo=True).delete()[0]
        ReturnFile.objects.filter(request__is_demo=True).delete()
        with suspended("work_workevent", "work_delaynote", "work_workminutes"):
            for model in (WorkEvent, DelayNote, WorkMinutes):
                gone += model.objects.filter(item__returnrequest__is_demo=True).delete()[0]
        gone += ReturnRequest.objects.filter(is_demo=True).delete()[0]
        with suspended("returns_returnpolicy", "returns_advanceterms"):
            used = ReturnRequest.objects.values("policy_id")
            gone += AdvanceTerms.objects.filter(policy__is_demo=True).exclude(policy__in=used).delete()[0]
            gone += ReturnPolicy.objects.filter(is_demo=True).exclude(pk__in=used).delete()[0]
        return gone


def _ref(number: str) -> str:
    reader = current_reader()
    return format_ref(number, language=reader.language, digits=reader.digits)


def _refs(data: dict[str, Any]) -> dict[str, str]:
    return {name: _ref(str(data.get(name, ""))) for name in ("number", "other")}

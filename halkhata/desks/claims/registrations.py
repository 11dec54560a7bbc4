"""What this desk gives to the rest of the house."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from halkhata.desks.claims.choices import KIND, PREFIX, SIDE_OF_STAGE, Sort, Stage
from halkhata.desks.claims.guards import lifted
from halkhata.desks.claims.loss_rows import register as register_losses
from halkhata.desks.claims.models import (
    Claim,
    ClaimFile,
    ClaimLine,
    CompanyCredit,
    CompanyRules,
    Dispatch,
    OldPart,
)
from halkhata.desks.claims.selectors.board import claims_of_unit, find_claims
from halkhata.desks.claims.services.defaults import prepare_desk
from halkhata.engines.work.models import DelayNote, WorkEvent, WorkItem, WorkMinutes
from halkhata.engines.work.registry import (
    ItemAction,
    ItemKind,
    ItemPart,
    Made,
    item_actions,
    item_kinds,
    item_parts,
    notification_sentences,
)
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.append_only import suspended
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
from halkhata.foundation.core.templatetags.halkhata import localdate, ref
from halkhata.foundation.files.registry import file_guards
from halkhata.records.catalog.models import Unit
from halkhata.records.catalog.registry import (
    UnitAction,
    UnitPanel,
    life_icons,
    life_sentences,
    unit_actions,
    unit_panels,
)
from halkhata.records.catalog.selectors.products import kind_choices
from halkhata.records.customers.registry import SearchHit, SearchSource, search_sources
from halkhata.records.warranty.registry import PartSwap, claim_verbs, part_sources

SHOWN = 5
ICON = "receipt"


def register_all() -> None:
    """Register everything, once, at start."""
    item_kinds.register(
        KIND,
        ItemKind(
            code=KIND, label=_("Claim to the company"), icon=ICON, prefix=PREFIX, url_name="claims:detail",
            states=tuple((stage.value, stage.label) for stage in Stage), sides=SIDE_OF_STAGE,
            category_of=category_code, categories=kind_choices, products_of=products_of_claims,
            costs_of=costs_of_claims,
        ),
    )  # fmt: skip
    report_pages.register(
        "claims.numbers",
        ReportPage(
            label=_("What the companies pay"),
            question=_("What comes back of warranty work, how old the unpaid claims are"),
            url_name="claims:numbers", icon=ICON, permissions=("report.view", "claim.view"), order=40,
        ),
    )  # fmt: skip
    navigation.register(
        "claims",
        NavItem(
            label=_("Claims to companies"), url_name="claims:board", icon=ICON, section="after_sale", order=48,
            permission="claim.view",
        ),
    )  # fmt: skip
    settings_pages.register(
        "claims",
        SettingsPage(
            label=_("Rules of companies for claims"),
            description=_("What each company wants to see, within how many days, and the columns of its form"),
            icon=ICON, url_name="claims:companies", order=82,
        ),
    )  # fmt: skip
    setup_steps.register("claims", prepare_desk)
    # After the disputes, which point at claims; before the job cards, which claims point at.
    demo_clearers.register("claims", DemoClearer(order=25, clear=clear_demo))
    search_sources.register(
        "claims", SearchSource(label=_("Claims to companies"), icon=ICON, order=27, permission="claim.view", find=hits)
    )
    unit_panels.register(
        "claims",
        UnitPanel(order=55, template="claims/unit_panel.html", context=unit_panel, permission="claim.view", later=True),
    )
    unit_actions.register(
        "claims",
        UnitAction(
            order=55, label=_("Claim from the company"), icon=ICON, url_name="claims:new", permission="claim.edit"
        ),
    )
    item_actions.register(
        "claims",
        ItemAction(
            order=60, label=_("Claim from the company"), icon=ICON, url_name="claims:new", permission="claim.edit",
            kinds=frozenset({"job", "return"}),
        ),
    )  # fmt: skip
    item_parts.register(
        "claims",
        ItemPart(
            order=40, label=_("Claims to the company"), icon=ICON, url_name="claims:about", permission="claim.view",
            kinds=frozenset({"job"}),
        ),
    )  # fmt: skip
    register_losses()
    file_guards.register("claims", guards_file)
    # What warranty's search for misuse reads (A53.16): claims that no job card tells of, and swaps written here.
    claim_verbs.register("claim.direct", "claim.direct")
    part_sources.register("claims", swapped_parts)
    life_icons.register("claim", ICON)
    for verb in ("claim.opened", "claim.direct"):
        life_sentences.register(verb, opened_sentence)
    life_sentences.register("claim.moved", moved_sentence)
    notification_sentences.register("claim.deadline", deadline_sentence)


def products_of_claims(items: Sequence[WorkItem]) -> dict[int, Made]:
    """The products claimed for; a month of coupons has the brand alone."""
    rows = Claim.objects.filter(pk__in=[item.pk for item in items]).order_by()
    return {
        pk: Made(product, brand, kind)
        for pk, brand, product, kind in rows.values_list("pk", "brand_id", "unit__product_id", "unit__product__kind_id")
    }


def costs_of_claims(item_ids: Sequence[int]) -> dict[int, dict[str, Decimal]]:
    """What companies were asked for and did not pay; a claim that is on its way has cost nothing yet."""
    rows = Claim.objects.filter(
        pk__in=item_ids, stage__in=[Stage.APPROVED, Stage.PARTLY, Stage.REJECTED, Stage.CREDITED]
    )
    amounts = rows.order_by().values_list(
        "pk", "currency", "stage", "claimed_amount", "approved_amount", "credited_amount"
    )
    return {
        pk: {currency: claimed - (credited if stage == Stage.CREDITED else approved)}
        for pk, currency, stage, claimed, approved, credited in amounts
    }


def category_code(item: WorkItem) -> str:
    """The code of the kind of product, whatever instance of the work item is at hand."""
    found = Claim.objects.select_related("unit__product__kind").filter(pk=item.pk).first()
    return found.unit.product.kind.code if found is not None and found.unit is not None else ""


def hits(user: User, text: str, limit: int) -> list[SearchHit]:
    """Search source: claims by their number, the company's, or the unit's."""
    return [
        SearchHit(
            title=f"{ref(claim.number)} {claim.subject}", url=reverse("claims:detail", args=[claim.number]),
            subtitle=claim.company_number, badge=claim.stage_label, at=claim.opened_at,
        )
        for claim in find_claims(user, text, limit)
    ]  # fmt: skip


def unit_panel(user: User, unit: Unit) -> dict[str, Any]:
    """The unit's claims. One query."""
    return {"claims": list(claims_of_unit(user, unit)[:SHOWN])}


def guards_file(user: User, file_id: int) -> bool:
    """A photo or paper of a claim that the user may see."""
    return user.may("claim.view") and Claim.objects.visible_to(user).filter(files__file_id=file_id).exists()


def swapped_parts() -> Iterator[PartSwap]:
    """Swaps of numbered parts of claims that no job card tells of. Two queries."""
    claims = Claim.objects.filter(sort=Sort.REPAIR, about__isnull=True).exclude(stage=Stage.WITHDRAWN)
    rows = claims.exclude(Q(faulty_serial="") & Q(replacement_serial=""))
    for unit_id, at, out, put_in in rows.values_list("unit", "opened_at", "faulty_serial", "replacement_serial"):
        if unit_id is not None:
            yield PartSwap(unit_id=unit_id, at=at, out=out, put_in=put_in)
    lines = ClaimLine.objects.filter(claim__in=claims.order_by().values("pk"))
    lines = lines.exclude(Q(faulty_serial="") & Q(replacement_serial=""))
    for unit_id, at, out, put_in in lines.values_list("claim__unit", "added_at", "faulty_serial", "replacement_serial"):
        if unit_id is not None:
            yield PartSwap(unit_id=unit_id, at=at, out=out, put_in=put_in)


def opened_sentence(data: dict[str, Any]) -> Any:
    """A line of life: a claim was begun."""
    return _("Claim %(number)s to the company was begun") % {"number": ref(str(data.get("number", "")))}


def moved_sentence(data: dict[str, Any]) -> Any:
    """A line of life: which claim, and where it stands."""
    stage = str(data.get("stage", ""))
    words = str(Stage(stage).label) if stage in Stage.values else stage
    return _("Claim %(number)s to the company: %(stage)s") % {
        "number": ref(str(data.get("number", ""))), "stage": words,
    }  # fmt: skip


def deadline_sentence(data: dict[str, Any]) -> Any:
    """The notice before the last day."""
    day = str(data.get("deadline", ""))
    return _("Claim %(number)s must be sent by %(day)s, else the company need not take it") % {
        "number": ref(str(data.get("number", ""))),
        "day": localdate(date.fromisoformat(day), "short") if day else "",
    }  # fmt: skip


def clear_demo() -> int:
    """Remove invented claims with their history, parcels and rules. Returns how many rows went."""
    guarded = ("work_workevent", "work_delaynote", "work_workminutes", "claims_companycredit")
    with transaction.atomic(), suspended(*guarded), lifted():
        gone = CompanyCredit.objects.filter(claim__is_demo=True).delete()[0]
        gone += OldPart.objects.filter(claim__is_demo=True).delete()[0]
        parcels = Dispatch.objects.filter(parts__isnull=True).filter(Q(is_demo=True) | Q(branch__is_demo=True))
        gone += parcels.delete()[0]
        ClaimFile.objects.filter(claim__is_demo=True).delete()
        ClaimLine.objects.filter(claim__is_demo=True).delete()
        for model in (WorkEvent, DelayNote, WorkMinutes):
            gone += model.objects.filter(item__claim__is_demo=True).delete()[0]
        gone += Claim.objects.filter(is_demo=True).delete()[0]
        gone += CompanyRules.objects.filter(Q(is_demo=True) | Q(brand__is_demo=True)).delete()[0]
    return gone

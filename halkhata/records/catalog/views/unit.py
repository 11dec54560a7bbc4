"""The page of one unit: its whole life on one screen."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from halkhata.foundation.accounts.models import User, in_reader_language
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import NotFound
from halkhata.foundation.core.panels import Column, PanelPage
from halkhata.foundation.core.templatetags.halkhata import ref
from halkhata.records.catalog.choices import UnitState
from halkhata.records.catalog.models import Reading, Unit
from halkhata.records.catalog.policies import NOTHING_HERE
from halkhata.records.catalog.registry import unit_actions, unit_panels
from halkhata.records.catalog.selectors.unit_page import details_of, life_of, owners_of, purchases_of
from halkhata.records.catalog.selectors.units import unit_by_number
from halkhata.records.catalog.unit_forms import ReadingForm

READINGS_SHOWN = 5


def headed(unit: Unit) -> str:
    """What stands over the unit's pages: its number as the reader says it, and what it is."""
    return f"{ref(unit.number)} {unit.product}"


PANELS = PanelPage(
    panels=unit_panels, name="unit", key=lambda unit: unit.number, url_name="catalog:unit",
    later_url_name="catalog:panels", title=headed, called=headed, icon="dots",
    more=_("More about this unit"), nothing=_("Nothing more is known about this unit."),
)  # fmt: skip


def unit_or_404(request: StaffRequest, number: str, *, with_identifiers: bool = True) -> Unit:
    """The unit of this number. Raises NotFound for a stranger's, too."""
    unit = unit_by_number(request.user, number, with_identifiers=with_identifiers)
    if unit is None:
        raise NotFound("not_found", NOTHING_HERE)
    return unit


@require_GET
@needs("unit.view")
def unit_detail(request: StaffRequest, number: str) -> HttpResponse:
    """One unit: numbers, owners, sales, panels of all desks, life."""
    unit = unit_or_404(request, number)
    if unit.number != number:
        return redirect("catalog:unit", unit.number)
    return unit_page(request, unit)


def unit_page(
    request: StaffRequest, unit: Unit, *, status: int = 200, reading_form: ReadingForm | None = None
) -> HttpResponse:
    """The page, with a form that was refused or without."""
    user, kind = request.user, unit.product.kind
    has_meter = bool(kind.usage_unit)
    owners = owners_of(user, unit)
    context: dict[str, Any] = {
        "unit": unit,
        "details": details_of(unit),
        "notice": in_reader_language(kind.notice_bn, kind.notice_en),
        "owners": owners,
        "owner": next((one for one in owners if one.to_on is None), None),
        "purchases": purchases_of(user, unit),
        "has_meter": has_meter,
        "readings": list(Reading.objects.filter(unit=unit)[:READINGS_SHOWN]) if has_meter else [],
        "reading_form": reading_form or (ReadingForm() if has_meter and user.may("unit.edit") else None),
        **PANELS.columns(request, unit),
        "actions": actions_for(user, unit),
        "may_edit": user.may("unit.edit"),
        "may_transfer": user.may("unit.edit") and user.may("customer.view") and unit.state == UnitState.SOLD,
        "may_sell": user.may("sale.record") and unit.state == UnitState.IN_STOCK,
        "life": life_of(unit, before=request.GET.get("before")),
    }
    return render(request, "catalog/unit.html", context, status=status)


@require_GET
@needs("unit.view")
def unit_life(request: StaffRequest, number: str) -> HttpResponse:
    """Older lines of the life: the partial for htmx; without a script the whole page from there on."""
    unit = unit_or_404(request, number)
    if not request.htmx:
        return unit_page(request, unit)
    life = life_of(unit, before=request.GET.get("before"))
    return render(request, "catalog/_life.html", {"unit": unit, "life": life})


@require_GET
@needs("unit.view")
def unit_panels_later(request: StaffRequest, number: str, column: Column) -> HttpResponse:
    """The panels of a column that the page does not wait for: the partial for htmx; without a script a page of them."""
    unit = unit_or_404(request, number, with_identifiers=False)
    if unit.number != number:
        return redirect(f"catalog:panels_{column}", unit.number)
    return PANELS.answer(request, unit, column)


def actions_for(user: User, unit: Unit) -> list[dict[str, Any]]:
    """Buttons that the user may press and whose page is mounted, in order."""
    buttons = []
    for action in sorted(unit_actions, key=lambda action: action.order):
        try:
            url = f"{reverse(action.url_name)}?unit={unit.number}"
        except NoReverseMatch:
            continue
        if user.may(action.permission):
            buttons.append({"action": action, "url": url})
    return buttons

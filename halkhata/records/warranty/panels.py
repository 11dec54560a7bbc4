"""What the warranty shows on other pages: the unit's and the customer's."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.records.catalog.models import Unit
from halkhata.records.catalog.registry import UnitNote
from halkhata.records.warranty.choices import CoverState
from halkhata.records.warranty.selectors.coupons import coupons_of
from halkhata.records.warranty.selectors.overview import verdicts
from halkhata.records.warranty.selectors.policies import has_extensions
from halkhata.records.warranty.selectors.verdict import verdict_with_covers

# Badge, tone and icon of each verdict.
LOOKS: dict[str, dict[str, Any]] = {
    "green": {"word": _("In warranty"), "tone": "good", "icon": "shield-check"},
    "amber": {"word": _("Look closer"), "tone": "warn", "icon": "alert-triangle"},
    "red": {"word": _("Not in warranty"), "tone": "quiet", "icon": "ban"},
}


def unit_panel(user: User, unit: Unit) -> dict[str, Any]:
    """The verdict, each component, the free services, what stands out. Four queries."""
    verdict, covers = verdict_with_covers(unit)
    return {
        "unit": unit,
        "verdict": verdict,
        "coupons": coupons_of(unit),
        "flags": list(unit.warranty_flags.filter(cleared_at__isnull=True)[:5]),
        "waits": any(cover.state == CoverState.PENDING for cover in covers),
        "extensions": user.may("warranty.register") and has_extensions(unit.product),
        "may_void": user.may("warranty.void"),
        "may_use": user.may("coupon.use"),
        "may_register": user.may("warranty.register"),
    }


def notes_of_units(user: User, units: Sequence[Unit]) -> dict[int, UnitNote]:
    """The verdict of each unit in one look, for who may see warranties. One query."""
    if not user.may("warranty.view"):
        return {}
    return {one.unit.pk: UnitNote(**LOOKS[one.verdict.state], sentence=one.verdict.sentence) for one in verdicts(units)}

"""What the warranty shows on other pages: the unit's and the customer's."""

from typing import Any

from halkhata.foundation.accounts.models import User
from halkhata.records.catalog.models import Unit
from halkhata.records.customers.models import Customer
from halkhata.records.warranty.selectors.coupons import coupons_of
from halkhata.records.warranty.selectors.overview import units_with_verdicts
from halkhata.records.warranty.selectors.policies import extensions_for
from halkhata.records.warranty.selectors.verdict import verdict_of

SHOWN = 10


def unit_panel(user: User, unit: Unit) -> dict[str, Any]:
    """The verdict, each component, the free services, what stands out. A fixed number of queries."""
    return {
        "unit": unit,
        "verdict": verdict_of(unit),
        "coupons": coupons_of(unit),
        "flags": list(unit.warranty_flags.filter(cleared_at__isnull=True)[:5]),
        "waits": unit.covers.filter(state="pending").exists(),
        "extensions": extensions_for(unit.product) if user.may("warranty.register") else [],
        "may_void": user.may("warranty.void"),
        "may_use": user.may("coupon.use"),
        "may_register": user.may("warranty.register"),
    }


def customer_panel(user: User, customer: Customer) -> dict[str, Any]:
    """The customer's units with their verdicts."""
    return {"rows": units_with_verdicts(user, customer, limit=SHOWN)}

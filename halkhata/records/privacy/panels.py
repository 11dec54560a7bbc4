"""Privacy on the 360 page: what the customer agreed to, and what stands about their data."""

from typing import Any

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.kept_sql import SOME_ID, kept_objects
from halkhata.records.customers.models import Customer
from halkhata.records.privacy.choices import DECIDED
from halkhata.records.privacy.models import Erasure, LegalHold
from halkhata.records.privacy.policies import can_manage_privacy, can_record_consent
from halkhata.records.privacy.selectors.consents import table_of
from halkhata.records.privacy.selectors.family import family_of_survivor


def consent_panel(user: User, customer: Customer) -> dict[str, Any]:
    """Each purpose by each way."""
    manages = can_manage_privacy(user)
    nameless = not customer.name_bn and not customer.name_en
    return {
        "table": table_of(family_of_survivor(customer.pk), DECIDED),
        "may_record": can_record_consent(user),
        "manages": manages,
        "hold": _hold_of(customer) if manages else None,
        # Whoever has a name was not erased: the question is asked of the nameless only.
        "is_erased": manages and nameless and Erasure.objects.filter(customer_id_then=customer.pk).exists(),
    }


def _hold_of(customer: Customer) -> LegalHold | None:
    standing = LegalHold.objects.filter(customer_id=SOME_ID, ended_at__isnull=True).order_by("pk")
    found = kept_objects("legal hold", lambda: standing, {SOME_ID: customer.pk})
    return found[0] if found else None

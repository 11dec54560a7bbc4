"""Registrations that wait for staff, and who may see their photos."""

from typing import Any

from django.db.models import QuerySet

from halkhata.foundation.accounts.models import User
from halkhata.records.warranty.choices import EvidenceState
from halkhata.records.warranty.models import Registration


def waiting_count(user: User) -> int:
    """How many papers wait to be checked by whoever may check them."""
    if not user.may("warranty.register"):
        return 0
    return Registration.objects.visible_to(user).waiting().count()


def registrations_for(user: User, state: str = "") -> QuerySet[Registration]:
    """The list page's rows: newest first, all their names in one query."""
    rows = Registration.objects.visible_to(user).select_related("unit", "product__brand", "customer", "branch")
    return rows.filter(state=state) if state in EvidenceState.values else rows


def may_see_photo(user: Any, file_id: int) -> bool:
    """File guard: whoever sees the registration sees its bill."""
    if not user.may("warranty.view"):
        return False
    return Registration.objects.visible_to(user).filter(photo_id=file_id).exists()

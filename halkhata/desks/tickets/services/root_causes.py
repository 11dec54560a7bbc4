"""Keeping the register of root causes (A52.22)."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets.choices import RootCause
from halkhata.desks.tickets.models import Category, RootCauseEntry
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.permissions import require
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.free_codes import first_free
from halkhata.foundation.core.text import clean_text


def save_root_cause(
    *,
    actor: User,
    code: str = "",
    name_bn: str,
    name_en: str,
    is_active: bool = True,
    position: int = 100,
    categories: Iterable[Category] = (),
) -> RootCauseEntry:
    """Change the cause with this code, or add one of the shop's own (``code`` empty).

    Raises PermissionRefused; DomainError ``no_name`` without any name, ``cause_stays`` when "other", the last resort,
    would be taken out of use or tied to categories.
    """
    require(actor, "settings.edit")
    bengali, english = clean_text(name_bn, max_length=120), clean_text(name_en, max_length=120)
    if not bengali and not english:
        raise DomainError("no_name", _("Write the name in at least one language."), field="name_bn")
    places = list(categories)
    if code == RootCause.OTHER and (not is_active or places):
        raise DomainError("cause_stays", _("“Other” stays for all categories, so that everything can be solved."))
    with transaction.atomic():
        row = RootCauseEntry.objects.select_for_update().filter(code=code).first() if code else None
        before = None if row is None else _values(row)
        if row is None:
            row = RootCauseEntry(code=code or _new_code(english))
        row.name_bn, row.name_en, row.is_active, row.position = bengali, english, is_active, position
        row.save()
        row.categories.set(places)
        record(actor=actor, action="root_cause.save", record=row, before=before, after=_values(row))
    return row


def _values(row: RootCauseEntry) -> dict[str, object]:
    return {
        "name_bn": row.name_bn, "name_en": row.name_en, "is_active": row.is_active, "position": row.position,
        "categories": [category.code for category in row.categories.all()],
    }  # fmt: skip


def _new_code(name: str) -> str:
    """A code that nothing has: of the English name where it has one, with a number where that is taken."""
    stem = slugify(name).replace("-", "_")[:14].strip("_") or "cause"
    taken = {*RootCause.values, *RootCauseEntry.objects.values_list("code", flat=True)}
    return first_free(stem, taken, mark="_")

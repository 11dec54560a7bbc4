"""Categories: what tickets are about. They are renamed and switched off, never deleted: old tickets keep theirs."""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets.models import Category
from halkhata.desks.tickets.services.settings_guard import require_settings
from halkhata.engines.work.services.settings_changed import settings_changed
from halkhata.foundation.accounts.models import Team
from halkhata.foundation.audit.trail import Actor, record
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.free_codes import first_free
from halkhata.foundation.core.text import clean_text, search_key

STEP = 10
HIGHEST = 32_000


def save_category(
    *,
    actor: Actor | None,
    category: Category | None = None,
    name_bn: str = "",
    name_en: str = "",
    team: Team | None = None,
    parent: Category | None = None,
    is_active: bool = True,
    version: int | None = None,
) -> Category:
    """Add a category (``category`` None, at the end of the list) or change one. Its code never changes.

    Raises PermissionRefused; Conflict ``changed_meanwhile`` when ``version`` is not current; DomainError ``no_name``,
    ``name_taken`` (in either language), ``team_closed``,
    ``bad_parent`` (itself, out of use, part of another, or this one has parts of its own: one step deep),
    ``last_category`` (somebody must have something to choose), ``too_many``.
    """
    require_settings(actor)
    bn, en = clean_text(name_bn, max_length=120), clean_text(name_en, max_length=120)
    if not bn and not en:
        raise DomainError("no_name", _("Give the category a name in one of the languages."), field="name_bn")
    with transaction.atomic():
        others = list(Category.objects.select_for_update().order_by("position", "pk"))
        own = next((one for one in others if category is not None and one.pk == category.pk), None)
        others = [one for one in others if own is None or one.pk != own.pk]
        if own is not None and version is not None and own.version != version:
            raise Conflict(
                "changed_meanwhile", _("Somebody else changed this category meanwhile. Please look at it again.")
            )
        _refuse_same_name(bn, en, others)
        if team is not None and not team.is_active and (own is None or own.team_id != team.pk):
            raise DomainError("team_closed", _("This team is closed. Choose another."), field="team")
        _refuse_parent(own, parent, others)
        if own is not None and own.is_active and not is_active and not any(one.is_active for one in others):
            raise DomainError(
                "last_category", _("One category must stay in use: a ticket is not solved without."), field="is_active"
            )
        before = _state(own) if own is not None else None
        row = own or Category(code=_free_code(en, others), position=_after(others))
        moved = row.parent_id != (parent.pk if parent is not None else None)
        row.name_bn, row.name_en, row.team, row.is_active, row.parent = bn, en, team, is_active, parent
        row.version = row.version + 1 if own is not None else 1
        row.save()
        record(actor=actor, action="category.save", record=row, before=before, after=_state(row))
        if own is not None and moved:
            settings_changed("category")  # promises and steps that ask for the category above
    return row


def move_category(*, actor: Actor | None, category: Category, up: bool) -> None:
    """Put the category one place up or down; at the end of the list nothing happens. Raises PermissionRefused."""
    require_settings(actor)
    with transaction.atomic():
        rows = list(Category.objects.select_for_update().order_by("position", "code"))
        here = next((place for place, row in enumerate(rows) if row.pk == category.pk), None)
        if here is None:
            return
        there = here - 1 if up else here + 1
        if not 0 <= there < len(rows):
            return
        rows[here], rows[there] = rows[there], rows[here]
        for place, row in enumerate(rows, start=1):
            if row.position != place * STEP:
                Category.objects.filter(pk=row.pk).update(position=place * STEP)
        record(
            actor=actor,
            action="category.move",
            record=category,
            before={"place": here + 1},
            after={"place": there + 1},
        )


def _refuse_same_name(bn: str, en: str, others: list[Category]) -> None:
    for field, name in (("name_bn", bn), ("name_en", en)):
        key = search_key(name)
        if key and any(key in {search_key(one.name_bn), search_key(one.name_en)} for one in others):
            raise DomainError("name_taken", _("There is a category of this name already."), field=field)


def _refuse_parent(own: Category | None, parent: Category | None, others: list[Category]) -> None:
    if parent is None or (own is not None and own.parent_id == parent.pk):
        return
    there = next((one for one in others if one.pk == parent.pk), None)
    has_parts = own is not None and any(one.parent_id == own.pk for one in others)
    if there is None or not there.is_active or there.parent_id is not None or has_parts:
        raise DomainError(
            "bad_parent",
            _("Choose a category in use that is not part of another. One with parts of its own stays where it is."),
            field="parent",
        )


def _after(others: list[Category]) -> int:
    highest = Category.objects.aggregate(highest=Max("position"))["highest"] or 0
    if len(others) >= 200 or highest + STEP > HIGHEST:
        raise DomainError("too_many", _("Nobody finds anything in so many categories. Switch some off first."))
    return int(highest) + STEP


def _free_code(name_en: str, others: list[Category]) -> str:
    return first_free(slugify(name_en)[:32].strip("-") or "category", {one.code for one in others})


def _state(category: Category) -> dict[str, Any]:
    return {
        "name_bn": category.name_bn,
        "name_en": category.name_en,
        "team": category.team_id,
        "parent": category.parent_id,
        "is_active": category.is_active,
    }

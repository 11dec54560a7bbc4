"""The tree of branches."""

from typing import Any
from zoneinfo import available_timezones

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat, Substr
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.accounts.policies import can_manage_structure
from halkhata.foundation.audit.trail import Actor, record
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused
from halkhata.foundation.core.free_codes import free_code
from halkhata.foundation.core.phones import parse_phone
from halkhata.foundation.core.text import clean_text

_TEXTS = {"name_bn": 120, "name_en": 120, "address": 255}


def create_branch(
    *, actor: Actor | None, parent: Branch | None = None, code: str = "", is_demo: bool = False, **values: Any
) -> Branch:
    """Add a branch under ``parent`` (None: a root): name_bn, name_en, phone, address, time_zone, is_active.

    ``actor`` None is the product itself (set-up, demo). Raises PermissionRefused, DomainError ``no_name``,
    ``unknown_zone``, PhoneError.
    """
    _refuse_stranger(actor)
    with transaction.atomic():
        branch = Branch(parent=parent, is_demo=is_demo)
        _apply(branch, values)
        branch.code = code or free_code(Branch, slugify(branch.name_en)[:14] or "branch")
        branch.save()
        branch.path = f"{parent.path if parent else '/'}{branch.pk}/"
        branch.save(update_fields=["path"])
        record(actor=actor, action="branch.create", record=branch, after=_state(branch))
    return branch


def update_branch(*, actor: User, branch: Branch, **values: Any) -> Branch:
    """Change a branch; with ``parent`` it moves, and everything under it moves along.

    Raises PermissionRefused; Conflict ``branch_cycle`` when the new parent lies under the branch, ``branch_in_use``
    when a branch with active staff is switched off.
    """
    _refuse_stranger(actor)
    with transaction.atomic():
        branch = Branch.objects.select_for_update().get(pk=branch.pk)
        before = _state(branch)
        if "parent" in values:
            _move(branch, values.pop("parent"))
        _apply(branch, values)
        if before["is_active"] and not branch.is_active and branch.users.filter(is_active=True).exists():
            raise Conflict("branch_in_use", _("People still work in this branch. Move them first."), field="is_active")
        branch.save()
        record(actor=actor, action="branch.change", record=branch, before=before, after=_state(branch))
    return branch


def _refuse_stranger(actor: Any) -> None:
    if isinstance(actor, User) and not can_manage_structure(actor):
        raise PermissionRefused("permission_refused", _("Your role does not allow changing branches."))


def _apply(branch: Branch, values: dict[str, Any]) -> None:
    for field, length in _TEXTS.items():
        if field in values:
            setattr(branch, field, clean_text(values[field], max_length=length))
    if "phone" in values:
        branch.phone = parse_phone(values["phone"]).e164 if clean_text(values["phone"]) else ""
    if "time_zone" in values:
        if values["time_zone"] not in available_timezones():
            raise DomainError("unknown_zone", _("This time zone is not known."), field="time_zone")
        branch.time_zone = values["time_zone"]
    if "is_active" in values:
        branch.is_active = values["is_active"]
    if not branch.name_bn and not branch.name_en:
        raise DomainError("no_name", _("Give the branch a name."), field="name_bn")


def _move(branch: Branch, parent: Branch | None) -> None:
    if parent is not None and parent.path.startswith(branch.path):
        raise Conflict("branch_cycle", _("A branch cannot stand under itself."), field="parent")
    old, new = branch.path, f"{parent.path if parent else '/'}{branch.pk}/"
    branch.parent = parent
    if old == new:
        return
    Branch.objects.filter(path__startswith=old).exclude(pk=branch.pk).update(
        path=Concat(Value(new), Substr("path", len(old) + 1))
    )
    branch.path = new


def _state(branch: Branch) -> dict[str, Any]:
    return {
        "name_bn": branch.name_bn,
        "name_en": branch.name_en,
        "parent": branch.parent_id,
        "phone": branch.phone,
        "address": branch.address,
        "time_zone": branch.time_zone,
        "is_active": branch.is_active,
    }

"""Roles: the ready ones (US-22), and changing them."""

from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.choices import CHANGES_RECORDS, PERMISSIONS, Scope
from halkhata.foundation.accounts.models import Role, User
from halkhata.foundation.accounts.policies import can_grant, can_manage_structure
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused
from halkhata.foundation.core.free_codes import free_code
from halkhata.foundation.core.text import clean_text

_SALES = ["unit.view", "unit.edit", "sale.record", "warranty.view", "warranty.register", "coupon.use"]
_RETURNS = ["return.view", "return.create", "return.receive", "stock.view"]
_GATE = ["job.view", "job.create", "job.deliver", "promise.edit", "goodwill.grant"]
_CALLS = ["aftercare.view", "aftercare.call"]
_CUSTOMERS = ["customer.view", "customer.edit", "customer.see_private"]
_DESK = [
    *_CUSTOMERS,
    "unit.view",
    "warranty.view",
    "ticket.view",
    "ticket.create",
    "ticket.reply",
    "ticket.note",
    "work.view",
    "work.escalate",
    "dispute.view",
    "dispute.open",
]
_OFFICER = [
    *_DESK,
    "job.view",
    "promise.edit",
    "goodwill.grant",
    "return.view",
    "return.create",
    "ticket.edit",
    "ticket.resolve",
    "feedback.view",
    "dispute.handle",
]
_LEAD = [
    *_OFFICER,
    *_SALES,
    *_GATE,
    *_RETURNS,
    *_CALLS,
    "return.approve",
    "stock.move",
    "job.edit",
    "claim.view",
    "claim.edit",
    "ticket.assign",
    "messaging.quarantine",
    "report.view",
    "training.edit",
    "quality.score",
]
_MANAGER = [
    *_LEAD,
    "sale.reverse",
    "catalog.edit",
    "warranty.void",
    "warranty.settings",
    "return.decide",
    "claim.decide",
    "stock.release",
    "settings.edit",
    "audit.view",
    "customer.import",
    "customer.export",
    "dispute.appoint",
    "dispute.outside",
    "recall.manage",
]

# code: Bengali name, English name, step of the escalation ladder, record scope, permissions
READY_ROLES: dict[str, tuple[str, str, int, Scope, list[str]]] = {
    "owner": ("মালিক", "Owner", 4, Scope.ALL, list(PERMISSIONS)),
    "head_office": ("প্রধান কার্যালয়", "Head office", 4, Scope.ALL, [*_MANAGER, "dispute.review", "dispute.override"]),
    "manager": ("শাখা ব্যবস্থাপক", "Branch manager", 3, Scope.SUBTREE, _MANAGER),
    "team_lead": ("দলনেতা", "Team lead", 2, Scope.TEAM, _LEAD),
    "complaint_officer": ("অভিযোগ কর্মকর্তা", "Complaint officer", 1, Scope.TEAM, _OFFICER),
    "front_desk": ("ফ্রন্ট ডেস্ক", "Front desk", 1, Scope.BRANCH, [*_DESK, *_SALES, *_GATE, *_RETURNS, *_CALLS]),
    "service_advisor": (
        "সার্ভিস অ্যাডভাইজার",
        "Service advisor",
        1,
        Scope.TEAM,
        [
            *_DESK,
            *_GATE,
            *_RETURNS,
            *_CALLS,
            "stock.move",
            "job.edit",
            "claim.view",
            "claim.edit",
            "unit.edit",
            "warranty.register",
            "coupon.use",
            "ticket.edit",
            "ticket.resolve",
        ],
    ),
    "call_agent": (
        "কল এজেন্ট",
        "Call agent",
        1,
        Scope.TEAM,
        [*_DESK, *_CALLS, "job.view", "return.view", "return.create", "feedback.view"],
    ),
    "cashier": (
        "ক্যাশিয়ার",
        "Cashier",
        1,
        Scope.BRANCH,
        [*_CUSTOMERS, *_SALES, "job.view", "job.deliver", "ticket.view", "ticket.create", "work.view"],
    ),
    "reviewer": (
        "পর্যালোচক ও বিপণন",
        "Reviewer and marketing",
        1,
        Scope.ALL,
        [
            "customer.view",
            "customer.see_private",
            "unit.view",
            "warranty.view",
            "job.view",
            "claim.view",
            "ticket.view",
            "ticket.note",
            "work.view",
            "feedback.view",
            "report.view",
            "return.view",
            "stock.view",
            "dispute.view",
            "dispute.review",
            "aftercare.view",
        ],
    ),
    # Sees that there is a number, not which: for trainees, auditors and partners (US-22 AC 2).
    "viewer": (
        "দর্শক",
        "Viewer",
        1,
        Scope.BRANCH,
        [
            "customer.view",
            "customer.unmask",
            "unit.view",
            "warranty.view",
            "job.view",
            "return.view",
            "ticket.view",
            "work.view",
        ],
    ),
}


def create_ready_roles() -> dict[str, Role]:
    """Make the ready roles that are missing and return all of them by code. A role somebody changed stays as it is."""
    roles = {}
    for code, (name_bn, name_en, level, scope, permissions) in READY_ROLES.items():
        roles[code], _made = Role.objects.get_or_create(
            code=code,
            defaults={
                "name_bn": name_bn,
                "name_en": name_en,
                "level": level,
                "scope": scope,
                "permissions": sorted(set(permissions), key=list(PERMISSIONS).index),
                "is_system": True,
            },
        )
    return roles


def save_role(*, actor: User, role: Role | None = None, **values: Any) -> Role:
    """Make a role (``role`` None) or change one: name_bn, name_en, scope, level, permissions.

    Raises PermissionRefused when the actor may not, or would give more than they have; Conflict when nobody would be
    left who can manage staff; DomainError ``unknown_permission``, ``no_name``.
    """
    if not can_manage_structure(actor):
        raise PermissionRefused("permission_refused", _("Your role does not allow changing roles."))
    unknown = set(values.get("permissions", ())) - set(PERMISSIONS)
    if unknown:
        raise DomainError(
            "unknown_permission", _("There is no such permission."), field="permissions", names=sorted(unknown)
        )
    with transaction.atomic():
        if role is None:
            role = Role(code=free_code(Role, slugify(values.get("name_en") or "")[:32] or "role"))
            before = None
        else:
            role = Role.objects.select_for_update().get(pk=role.pk)
            if not can_grant(actor, role):
                raise PermissionRefused(
                    "role_above_own", _("This role may do more than your own; you cannot change it.")
                )
            before = _state(role)
        for field in ("name_bn", "name_en"):
            if field in values:
                setattr(role, field, clean_text(values[field], max_length=120))
        for field in ("scope", "level"):
            if field in values:
                setattr(role, field, values[field])
        if "permissions" in values:
            role.permissions = sorted(values["permissions"], key=list(PERMISSIONS).index)
        if not role.name_bn and not role.name_en:
            raise DomainError("no_name", _("Give the role a name."), field="name_bn")
        if CHANGES_RECORDS & set(role.permissions) and "customer.see_private" not in role.permissions:
            raise DomainError(
                "needs_private",
                _("Whoever changes records, settings or staff must see private fields in full: tick that, too."),
                field="permissions",
            )
        if not can_grant(actor, role):
            raise PermissionRefused("role_above_own", _("You cannot give a role more than your own role may do."))
        role.save()
        refuse_without_administrator()
        record(
            actor=actor,
            action="role.change" if before else "role.create",
            record=role,
            before=before,
            after=_state(role),
        )
    return role


def refuse_without_administrator() -> None:
    """Raise Conflict when nobody active could manage staff any more. Call inside the transaction of the change."""
    for user in User.objects.filter(is_active=True).select_related("role"):
        if can_manage_structure(user):
            return
    raise Conflict("last_administrator", _("Somebody must be left who can manage staff, roles and branches."))


def _state(role: Role) -> dict[str, Any]:
    return {
        "name_bn": role.name_bn,
        "name_en": role.name_en,
        "scope": role.scope,
        "level": role.level,
        "permissions": role.permissions,
    }

"""Who may bring lists in and take them out."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import ApiToken, User
from halkhata.foundation.core.errors import PermissionRefused
from halkhata.records.customers.policies import can_edit_customers
from halkhata.records.customers.privacy import SEE, may_see_private
from halkhata.records.imports.models import ExportRun, ImportRun
from halkhata.records.imports.registry import ImportTarget

IMPORT, EXPORT = "customer.import", "customer.export"


def can_import(actor: Any) -> bool:
    """Whether ``actor`` may import: the right, and to change customers at all. The product itself may."""
    return not isinstance(actor, User) or (actor.may(IMPORT) and can_edit_customers(actor))


def can_export(actor: Any) -> bool:
    """Whether ``actor`` may take lists out of the house."""
    return not isinstance(actor, User) or (actor.may(EXPORT) and actor.may("customer.view"))


def refuse_unless_may_import(actor: Any) -> None:
    """Raises PermissionRefused."""
    if not can_import(actor):
        raise PermissionRefused("may_not_import", _("You may not import customers."))


def may_bring(actor: Any, target: ImportTarget | None) -> bool:
    """Whether ``actor`` has the right that this kind of record asks for besides."""
    return target is None or not target.permission or not isinstance(actor, User) or actor.may(target.permission)


def refuse_unless_may_bring(actor: Any, target: ImportTarget | None) -> None:
    """Raises PermissionRefused."""
    if not may_bring(actor, target):
        raise PermissionRefused("may_not_import", _("Your role does not allow to bring in records of this kind."))


def refuse_unless_may_export(actor: Any) -> None:
    """Raises PermissionRefused."""
    if not can_export(actor):
        raise PermissionRefused("may_not_export", _("You may not export customers."))


def can_see_run(user: User, run: ImportRun) -> bool:
    """Whether ``user`` may see this import: one's own, or everybody's for who sees the whole house."""
    return can_import(user) and (run.created_by_id == user.pk or user.role.scope == "all")


def refuse_unless_may_fetch(user: User, export: ExportRun, token: ApiToken | None = None) -> None:
    """Asked anew at every download: the right to take lists out, and, where private fields stand in the list, to them.

    Raises PermissionRefused.
    """
    refuse_unless_may_export(user)
    if export.shows_private and not may_see_private(user, token):
        raise PermissionRefused(
            "private_list",
            _("Private fields stand in this list, and you may not see them any more. Ask for a new list."),
            permission=SEE,
        )


def may_open_file(user: Any, file_id: int) -> bool:
    """Whether a file is an import's or export's of this user's own, who may still do that and see what is in it."""
    if not isinstance(user, User):
        return False
    export = ExportRun.objects.filter(file=file_id, created_by=user).first()
    if export is not None:
        try:
            refuse_unless_may_fetch(user, export)
        except PermissionRefused:
            return False
        return True
    return ImportRun.objects.filter(source=file_id, created_by=user).exists() and can_import(user)

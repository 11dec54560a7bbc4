"""Who may look after the install as a whole."""

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.choices import Scope
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.permissions import require
from halkhata.foundation.core.errors import PermissionRefused


def can_keep_backups(user: User) -> bool:
    """Settings of the whole install: a backup holds everybody's data, so one branch's manager may not."""
    return user.may("settings.edit") and user.role.scope == Scope.ALL


def require_keeper(user: User) -> None:
    """Raise PermissionRefused unless ``can_keep_backups``."""
    require(user, "settings.edit")
    if not can_keep_backups(user):
        raise PermissionRefused(
            "permission_refused", _("Only somebody who sees all branches may do this."), permission="settings.edit"
        )

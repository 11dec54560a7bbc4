"""Who may change the settings of the desk."""

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import Actor
from halkhata.foundation.core.errors import PermissionRefused


def require_settings(actor: Actor | None) -> None:
    """Raise PermissionRefused for a user without settings.edit; the product itself may."""
    if isinstance(actor, User) and not actor.may("settings.edit"):
        raise PermissionRefused("settings_refused", _("You may not change the settings."), permission="settings.edit")

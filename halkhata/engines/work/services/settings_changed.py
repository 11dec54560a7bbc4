"""What every edit of the promises asks for and brings about."""

from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.events import PromiseTermsChanged
from halkhata.engines.work.policies import can_edit_settings
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import Actor
from halkhata.foundation.core.errors import PermissionRefused
from halkhata.foundation.core.outbox import publish


def settings_changed(reason: str) -> None:
    """Tell that running items have to be brought in line (handlers.py)."""
    publish(PromiseTermsChanged(reason=reason))


def must_edit_settings(actor: Actor) -> None:
    """Raise PermissionRefused for a member of staff who may not change settings; the system may."""
    if isinstance(actor, User) and not can_edit_settings(actor):
        raise PermissionRefused("settings_refused", _("You may not change the settings."))

"""Who may write and publish the service standards."""

from halkhata.foundation.accounts.choices import Scope
from halkhata.foundation.accounts.models import User


def can_publish_standards(user: User) -> bool:
    """They bind the whole shop: whoever changes its settings and sees all branches."""
    return user.may("settings.edit") and user.role.scope == Scope.ALL

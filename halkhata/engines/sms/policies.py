"""Who may set gateways up and see how they do. Pure functions, asked by views and services."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.policies import mailbox_branches
from halkhata.engines.sms.models import Gateway
from halkhata.foundation.accounts.choices import Scope
from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.core.errors import NotFound, PermissionRefused

RIGHT = "settings.edit"


def gateways_visible_to(user: User) -> QuerySet[Gateway]:
    """Gateways of the branches in reach; that of the whole shop only for a role whose scope is all of it."""
    if not user.is_active or not user.may(RIGHT):
        return Gateway.objects.none()
    if user.role.scope == Scope.ALL:
        return Gateway.objects.all()
    return Gateway.objects.filter(Q(branch__in=branches_for(user)))


def branches_for(user: User) -> QuerySet[Branch]:
    """Branches to which the user may give a gateway."""
    return mailbox_branches(user)


def may_set_default(user: User) -> bool:
    """The gateway of no branch is the whole shop's."""
    return user.may(RIGHT) and user.role.scope == Scope.ALL


def require(actor: User) -> None:
    """Raise PermissionRefused unless ``actor`` may set gateways up."""
    if not actor.may(RIGHT):
        raise PermissionRefused("forbidden", _("Your role does not allow this."), permission=RIGHT)


def gateway_for(actor: User, pk: int) -> Gateway:
    """A gateway in reach. Raises NotFound."""
    found = gateways_visible_to(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound("gateway_not_found", _("There is no such gateway."))
    return found

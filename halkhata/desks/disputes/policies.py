"""Who may do what at the dispute desk. Pure functions, asked by views, API and services."""

from django.utils.translation import gettext_lazy as _

from halkhata.desks.disputes.choices import MemberState
from halkhata.desks.disputes.models import Dispute, PanelMember
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import Actor
from halkhata.foundation.core.errors import NotFound, PermissionRefused
from halkhata.records.customers.models import Customer

NOT_HERE = _("There is nothing here, or it is not for your role.")
VIEW, OPEN, HANDLE = "dispute.view", "dispute.open", "dispute.handle"
APPOINT, REVIEW, OVERRIDE, OUTSIDE = "dispute.appoint", "dispute.review", "dispute.override", "dispute.outside"


def require(actor: Actor | None, permission: str, dispute: Dispute | None = None) -> None:
    """Refuse unless ``actor`` may. The product itself (a SystemActor) may do everything it is programmed to.

    Raises NotFound for a dispute outside the actor's scope, the same answer as for one that does not exist, and
    PermissionRefused when the role lacks the permission.
    """
    if not isinstance(actor, User):
        return
    if dispute is not None and not Dispute.objects.visible_to(actor).filter(pk=dispute.pk).exists():
        raise NotFound("not_found", NOT_HERE)
    if not actor.may(permission):
        raise PermissionRefused("forbidden", _("Your role does not allow this."), permission=permission)


def require_about(actor: Actor | None, customer: Customer | None, about: WorkItem | None) -> None:
    """Raise NotFound when a user names a customer or an item outside the own scope."""
    if not isinstance(actor, User):
        return
    if customer is not None and not Customer.objects.visible_to(actor).filter(pk=customer.pk).exists():
        raise NotFound("not_found", NOT_HERE)
    if about is not None and not WorkItem.objects.visible_to(actor).filter(pk=about.pk).exists():
        raise NotFound("not_found", NOT_HERE)


def seat_of(user: User, dispute: Dispute) -> PanelMember | None:
    """The seat that ``user`` holds on the panel of the present round."""
    return (
        PanelMember.objects.select_related("panel")
        .filter(dispute=dispute.pk, user=user.pk, state=MemberState.SITTING, panel__round=dispute.round)
        .first()
    )


def sits_in_judgement(user: User, dispute: Dispute) -> bool:
    """A reviewer of this case reads the file and decides; he changes nothing else in it."""
    return PanelMember.objects.filter(dispute=dispute.pk, user=user.pk, state=MemberState.SITTING).exists()


def require_handling(actor: Actor | None, dispute: Dispute) -> None:
    """The officer's work on the case, closed to whoever sits in judgement over it."""
    require(actor, HANDLE, dispute)
    if isinstance(actor, User) and sits_in_judgement(actor, dispute):
        raise PermissionRefused(
            "reviewer_reads_only", _("You sit on the panel of this dispute: you read the file and decide."),
        )  # fmt: skip

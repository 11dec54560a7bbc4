"""Somebody guessed too often -> the person and whoever runs the install are told (ASVS 6.3.1)."""

from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.accounts.events import SignInLocked
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.policies import can_manage_structure
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.events import on


@on(SignInLocked)
def tell_of_locked_sign_in(event: SignInLocked) -> None:
    """A notice each; the same lock is told once."""
    people = {user.pk: user for user in User.objects.filter(is_active=True).select_related("role", "branch")}
    told = [user for user in people.values() if user.pk == event.user_id or can_manage_structure(user)]
    quarter = int(now().timestamp()) // 900
    for user in told:
        notify(
            user=user,
            verb="account.locked",
            data={"name": event.name_tried, "address": event.address},
            cause=f"locked:{event.name_tried}:{quarter}",
        )

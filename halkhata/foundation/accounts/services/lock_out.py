"""Guessing is stopped: per name and address, per name, and per address. The counting is django-axes'.

Ten wrong tries of one name from one address lock that pair; twenty of one name from anywhere lock the name; a hundred
from one address lock the address. Each lock ends a quarter of an hour after the last try. Wrong codes of the second
step count like wrong passwords. A name that nobody has is counted, and answered, like any other.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_client_username, get_failure_limit
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.db import transaction
from django.db.models import Max, Q, Sum
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.events import SignInLocked
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.policies import can_grant, can_manage_staff, can_manage_structure, within_reach
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.audit.trail import SYSTEM, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import PermissionRefused
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.outbox import publish

NAME_LIMIT = 20
ADDRESS_LIMIT = 100
LOCKED_FOR = timedelta(hours=settings.AXES_COOLOFF_TIME)


@dataclass(frozen=True, kw_only=True)
class LockedName:
    """A name that nobody can sign in with just now. ``person`` is None when nobody has it."""

    name: str
    person: User | None
    tries: int
    addresses: list[str]
    until: datetime


class SignInGuard(AxesDatabaseHandler):
    """django-axes' counter with three ceilings instead of one."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Failures of the pair; once the name or the address is over its own ceiling, at least the pair's ceiling."""
        of_pair = super().get_failures(request, credentials)
        since = get_cool_off_threshold(request)
        name = get_client_username(request, credentials)
        attempts = AccessAttempt.objects.filter(attempt_time__gte=since)
        sums = attempts.aggregate(
            of_name=Sum("failures_since_start", filter=Q(username=name)),
            of_address=Sum("failures_since_start", filter=Q(ip_address=request.axes_ip_address)),  # type: ignore[attr-defined]
        )
        if (sums["of_name"] or 0) >= NAME_LIMIT or (sums["of_address"] or 0) >= ADDRESS_LIMIT:
            return max(of_pair, get_failure_limit(request, credentials))
        return int(of_pair)


def is_locked(request: HttpRequest, name: str) -> bool:
    """Whether ``name`` may not be tried from here now. Raises nothing; marks the request so that the answer is 429."""
    if AxesProxyHandler.is_allowed(request, {"username": name}):
        return False
    request.axes_locked_out = True  # type: ignore[attr-defined]
    request.axes_credentials = {"username": name}  # type: ignore[attr-defined]
    return True


def note_wrong_try(request: HttpRequest, name: str) -> None:
    """Count a wrong code or password typed elsewhere than at sign-in."""
    user_login_failed.send(sender=__name__, credentials={"username": name}, request=request)


def tell_of_lock(sender: object, username: str | None = None, ip_address: str | None = None, **kwargs: object) -> None:
    """django-axes' ``user_locked_out``."""
    note_lock(name=username or "", address=ip_address or "")


def note_lock(*, name: str, address: str) -> None:
    """Write down that a lock began, and tell people, once per name within LOCKED_FOR."""
    user = User.objects.filter(username=name).first()
    about: Any = user or Installation.current()
    with transaction.atomic():
        recent = AuditEntry.objects.filter(
            action="user.locked",
            record_type=about._meta.label_lower,
            record_id=str(about.pk),
            at__gt=now() - LOCKED_FOR,
        )
        if recent.exists():
            return
        record(actor=SYSTEM, action="user.locked", record=about, after={"name": name[:60], "address": address})
        publish(SignInLocked(user_id=user.pk if user else None, name_tried=name[:60], address=address))


def locked_names(actor: User) -> list[LockedName]:
    """The names that are locked now, of people within the actor's reach; unknown names for whoever runs the install."""
    since = now() - LOCKED_FOR
    rows = (
        AccessAttempt.objects.filter(attempt_time__gte=since)
        .values("username")
        .annotate(tries=Sum("failures_since_start"), last=Max("attempt_time"))
        .filter(tries__gte=settings.AXES_FAILURE_LIMIT)
        .order_by("-last")[:200]
    )
    found = []
    for row in rows:
        person = User.objects.select_related("role", "branch").filter(username=row["username"]).first()
        if person is None and not can_manage_structure(actor):
            continue
        if person is not None and not within_reach(actor, person.branch):
            continue
        addresses = AccessAttempt.objects.filter(username=row["username"], attempt_time__gte=since)
        found.append(
            LockedName(
                name=row["username"],
                person=person,
                tries=row["tries"],
                addresses=sorted({str(one) for one in addresses.values_list("ip_address", flat=True) if one}),
                until=row["last"] + LOCKED_FOR,
            )
        )
    return found


def unlock(*, actor: User, name: str) -> int:
    """Forget the wrong tries of a name, so that it may be tried again. Returns how many counters went.

    Raises PermissionRefused for somebody outside the actor's reach.
    """
    person = User.objects.select_related("role", "branch").filter(username=name).first()
    if person is None:
        allowed = can_manage_structure(actor)
    else:
        allowed = can_manage_staff(actor) and within_reach(actor, person.branch) and can_grant(actor, person.role)
    if not allowed:
        raise PermissionRefused("permission_refused", _("Your role does not allow this."))
    with transaction.atomic():
        count = forget_tries(name)
        record(actor=actor, action="user.unlocked", record=person or Installation.current(), after={"name": name[:60]})
    return count


def forget_tries(name: str) -> int:
    """Drop the counters of a name: a new password was given. Returns how many."""
    return AccessAttempt.objects.filter(username=name).delete()[0]

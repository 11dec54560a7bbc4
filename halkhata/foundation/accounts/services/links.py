"""One-time links: choose a password, or link an outside identity. Only a keyed hash of the token is kept (ASVS 6.4)."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import AccessLink, User
from halkhata.foundation.accounts.policies import can_grant, can_manage_staff, within_reach
from halkhata.foundation.accounts.services.passwords import check_password_rules
from halkhata.foundation.accounts.services.sign_in import end_sessions
from halkhata.foundation.audit.trail import SYSTEM, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, NotFound, PermissionRefused
from halkhata.foundation.core.secret_box import keyed_hash

LIFE = timedelta(hours=24)
MAIL_LIFE = timedelta(hours=1)
# B83: at most so many mails with a link to one person in an hour, whoever asks for them.
MAILS_AN_HOUR = 3
_PURPOSE = "halkhata.accounts.links"


def make_link(*, actor: User, user: User, purpose: str) -> str:
    """A one-time link for a member of staff, as a full address, for whoever manages staff to hand over; 24 hours.

    Earlier links for the same purpose stop working. Raises PermissionRefused, Conflict ``switched_off``.
    """
    if not can_manage_staff(actor) or not within_reach(actor, user.branch):
        raise PermissionRefused("permission_refused", _("Your role does not allow this."))
    if not can_grant(actor, user.role):
        raise PermissionRefused("role_above_own", _("This person's role may do more than your own."))
    if not user.is_active:
        raise Conflict("switched_off", _("This account is switched off."))
    with transaction.atomic():
        token = _new_token(user, purpose, LIFE, by_mail=False)
        record(actor=actor, action="staff.link", record=user, after={"purpose": purpose})
    return address_of(token)


def make_mailed_link(*, user: User) -> str | None:
    """A link to choose a password, for a mail to this person; None when three went out within the hour (B83)."""
    with transaction.atomic():
        # The lock makes those who ask at once count one after the other.
        User.objects.select_for_update().get(pk=user.pk)
        recent = AccessLink.objects.filter(user=user, by_mail=True, created_at__gt=now() - timedelta(hours=1))
        if recent.count() >= MAILS_AN_HOUR:
            return None
        token = _new_token(user, AccessLink.PASSWORD, MAIL_LIFE, by_mail=True)
        record(actor=SYSTEM, action="staff.link", record=user, after={"purpose": AccessLink.PASSWORD, "by_mail": True})
    return address_of(token)


def address_of(token: str) -> str:
    """The full address of a link: from the configured base address, never from a request's Host header (B76)."""
    return f"{settings.BASE_URL}/sign-in/link/{token}/"


def find_link(token: str) -> AccessLink:
    """The living link behind a token. Raises NotFound for one that is unknown, spent, over, or of somebody who left."""
    link = AccessLink.objects.select_related("user__role", "user__branch").filter(token_hash=_hash(token)).first()
    if link is None or link.used_at is not None or link.ends_at <= now() or not link.user.is_active:
        raise NotFound("link_over", _("This link does not work any more. Ask for a new one."))
    return link


def spend_link(token: str, *, purpose: str) -> User:
    """Use the link up and return its person; of two at once one gets it. Call in the transaction of the deed.

    Raises NotFound, also for a link that was made for another purpose.
    """
    link = find_link(token)
    spent = link.purpose == purpose and AccessLink.objects.filter(pk=link.pk, used_at__isnull=True).update(
        used_at=now()
    )
    if not spent:
        raise NotFound("link_over", _("This link does not work any more. Ask for a new one."))
    return link.user


def choose_password(*, token: str, password: str) -> User:
    """Set the password by link: all sessions end, the other links stop. It signs nobody in, so no second step is
    skipped (B81).

    Raises NotFound ``link_over``, DomainError ``weak_password``.
    """
    with transaction.atomic():
        user = find_link(token).user
        check_password_rules(password, user=user, field="new_password")
        user = User.objects.select_for_update().get(pk=spend_link(token, purpose=AccessLink.PASSWORD).pk)
        user.set_password(password)
        user.must_change_password = False
        user.save(update_fields=["password", "must_change_password"])
        cancel_links(user)
        end_sessions(user)
        record(actor=user, action="staff.password", record=user, after={"by": "link"})
    return user


def cancel_links(user: User) -> int:
    """Make all open links of somebody useless. Returns how many there were."""
    return AccessLink.objects.filter(user=user, used_at__isnull=True).update(used_at=now())


def _new_token(user: User, purpose: str, life: timedelta, *, by_mail: bool) -> str:
    AccessLink.objects.filter(user=user, purpose=purpose, used_at__isnull=True).update(used_at=now())
    token = secrets.token_urlsafe(32)
    AccessLink.objects.create(
        user=user, purpose=purpose, token_hash=_hash(token), created_at=now(), ends_at=now() + life, by_mail=by_mail
    )
    return token


def _hash(token: str) -> str:
    return keyed_hash(token, purpose=_PURPOSE)

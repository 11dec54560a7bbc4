"""Accounts of members of staff: adding, changing, leaving."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.events import StaffDeactivated
from halkhata.foundation.accounts.models import ApiToken, Branch, Handover, Role, Team, User
from halkhata.foundation.accounts.policies import can_grant, can_manage_staff, within_reach
from halkhata.foundation.accounts.services.links import cancel_links
from halkhata.foundation.accounts.services.lock_out import forget_tries
from halkhata.foundation.accounts.services.passwords import check_password_rules, new_temporary_password
from halkhata.foundation.accounts.services.roles import refuse_without_administrator
from halkhata.foundation.accounts.services.sign_in import end_sessions
from halkhata.foundation.audit.trail import Actor, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.phones import parse_phone
from halkhata.foundation.core.registry import leaver_steps
from halkhata.foundation.core.text import clean_text

_PREFERENCES = ("language", "digits", "show_bangla_date")


def create_staff(
    *,
    actor: Actor | None,
    username: str,
    role: Role,
    branch: Branch,
    password: str | None = None,
    teams: Iterable[Team] = (),
    name_bn: str = "",
    name_en: str = "",
    phone: str = "",
    email: str = "",
    language: str = "bn",
    is_demo: bool = False,
) -> tuple[User, str]:
    """Add a member of staff and return the account with its password.

    Without ``password`` a temporary one is made, which must be changed at the first sign-in. ``actor`` None is the
    product itself (set-up, demo). Raises PermissionRefused; DomainError ``username_taken``, ``bad_username``,
    ``phone_taken``, ``weak_password``; PhoneError.
    """
    if isinstance(actor, User):
        _refuse_stranger(actor, branch)
        if not can_grant(actor, role):
            raise PermissionRefused(
                "role_above_own", _("You cannot give a role that may do more than your own."), field="role"
            )
    user = User(
        username=_checked_username(username),
        role=role,
        branch=branch,
        language=language,
        is_demo=is_demo,
        name_bn=clean_text(name_bn, max_length=120),
        name_en=clean_text(name_en, max_length=120),
        email=clean_text(email, max_length=254),
        phone_e164=_checked_phone(phone),
        must_change_password=password is None,
    )
    if password is None:
        password = new_temporary_password()
    else:
        check_password_rules(password, user=user)
    user.set_password(password)
    with transaction.atomic():
        _save(user)
        user.teams.set(teams)
        record(actor=actor, action="staff.create", record=user, after=_state(user))
    return user, password


def update_staff(*, actor: User, user: User, **values: Any) -> User:
    """Change name_bn, name_en, username, phone, email, role, branch, teams, language, digits, show_bangla_date.

    Raises PermissionRefused; Conflict when the last administrator would lose that right; DomainError as create_staff.
    """
    _refuse_stranger(actor, user.branch)
    with transaction.atomic():
        user = User.objects.select_for_update(of=("self",)).select_related("role", "branch").get(pk=user.pk)
        before = _state(user)
        new_role = "role" in values and values["role"] != user.role
        if new_role:
            if not (can_grant(actor, user.role) and can_grant(actor, values["role"])):
                raise PermissionRefused(
                    "role_above_own", _("You cannot give a role that may do more than your own."), field="role"
                )
            user.role = values["role"]
        if "branch" in values and values["branch"] != user.branch:
            _refuse_stranger(actor, values["branch"])
            user.branch = values["branch"]
        for field in ("name_bn", "name_en"):
            if field in values:
                setattr(user, field, clean_text(values[field], max_length=120))
        if "username" in values:
            user.username = _checked_username(values["username"])
        if "phone" in values:
            user.phone_e164 = _checked_phone(values["phone"])
        if "email" in values:
            user.email = clean_text(values["email"], max_length=254)
        for field in _PREFERENCES:
            if field in values:
                setattr(user, field, values[field])
        _save(user)
        if "teams" in values:
            user.teams.set(values["teams"])
        refuse_without_administrator()
        if new_role and user.pk != actor.pk:
            # Rights are asked at every click anyway; what is open on a screen somewhere ends, too.
            end_sessions(user)
        record(actor=actor, action="staff.change", record=user, before=before, after=_state(user))
    return user


def save_profile(
    *, actor: User, language: str, digits: str, show_bangla_date: bool, name_bn: str, name_en: str
) -> User:
    """A person's own settings: language, digits, Bangla date, name."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=actor.pk)
        before = _state(user)
        user.language, user.digits, user.show_bangla_date = language, digits, show_bangla_date
        user.name_bn, user.name_en = clean_text(name_bn, max_length=120), clean_text(name_en, max_length=120)
        user.save(update_fields=["language", "digits", "show_bangla_date", "name_bn", "name_en"])
        record(actor=actor, action="staff.profile", record=user, before=before, after=_state(user))
    return user


def change_own_password(*, actor: User, old_password: str, new_password: str) -> User:
    """Raises DomainError ``wrong_password`` or ``weak_password``. All other sessions of the person end."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=actor.pk)
        if not user.check_password(old_password):
            raise DomainError("wrong_password", _("This is not your present password."), field="old_password")
        check_password_rules(new_password, user=user, field="new_password")
        if user.check_password(new_password):
            raise DomainError("same_password", _("Choose a password other than the present one."), field="new_password")
        user.set_password(new_password)
        user.must_change_password = False
        user.save(update_fields=["password", "must_change_password"])
        cancel_links(user)
        record(actor=actor, action="staff.password", record=user)
    return user


def reset_password(*, actor: User, user: User) -> str:
    """Give somebody a temporary password and return it. Sessions end; another must be chosen at sign-in."""
    _refuse_stranger(actor, user.branch)
    if not can_grant(actor, user.role):
        raise PermissionRefused("role_above_own", _("This person's role may do more than your own."))
    password = new_temporary_password()
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        user.set_password(password)
        user.must_change_password = True
        user.save(update_fields=["password", "must_change_password"])
        end_sessions(user)
        cancel_links(user)
        forget_tries(user.username)
        record(actor=actor, action="staff.password_reset", record=user)
    return password


def open_work_of(user: User) -> int:
    """How many pieces of unfinished work somebody owns, over all apps that registered a leaver step."""
    return sum(step.count(user) for step in leaver_steps)


def deactivate_staff(*, actor: User, user: User, successor: User | None = None, by_team: bool = False) -> int:
    """Somebody leaves (US-22 AC 4): no more sign-in, sessions ended, tokens and links revoked, open work given away.

    It goes to ``successor``, or with ``by_team`` to whom each team's own rule chooses; what went where stands in a
    Handover, which ``leaving.take_back`` undoes. Returns how many pieces of work moved. Raises Conflict
    ``owns_open_work`` when there is work and nobody to take it, ``not_yourself``, ``last_administrator``; DomainError
    ``bad_successor``.
    """
    _refuse_stranger(actor, user.branch)
    if user.pk == actor.pk:
        raise Conflict("not_yourself", _("You cannot switch off your own account."))
    if not can_grant(actor, user.role):
        raise PermissionRefused("role_above_own", _("This person's role may do more than your own."))
    with transaction.atomic():
        user = User.objects.select_for_update(of=("self",)).select_related("role", "branch").get(pk=user.pk)
        left = open_work_of(user)
        if left and successor is None and not by_team:
            raise Conflict(
                "owns_open_work",
                _("Work of this person is still open. Say who takes it over."),
                field="successor",
                count=left,
            )
        if successor is not None and (successor.pk == user.pk or not successor.is_active):
            raise DomainError("bad_successor", _("Choose somebody else who may sign in."), field="successor")
        # Off first: whoever shares work out must not find the leaver among those present.
        user.is_active = False
        user.save(update_fields=["is_active"])
        handed = _give_away(actor, user, None if by_team else successor) if left else []
        moved = len(handed)
        for step in leaver_steps:
            if step.end is not None:
                step.end(leaver=user)
        Handover.objects.create(
            leaver=user,
            successor=None if by_team else successor,
            by_label=actor.audit_label[:150],
            at=now(),
            moved=handed,
            is_demo=user.is_demo,
        )
        cancel_links(user)
        Team.objects.filter(lead=user).update(lead=None)
        ApiToken.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=now())
        end_sessions(user)
        refuse_without_administrator()
        record(
            actor=actor,
            action="staff.deactivate",
            record=user,
            before={"is_active": True},
            after={"is_active": False, "successor": successor.audit_label if successor else None, "handed_over": moved},
        )
        publish(StaffDeactivated(user_id=user.pk, successor_id=successor.pk if successor else None, handed_over=moved))
    return moved


def _give_away(actor: User, leaver: User, successor: User | None) -> list[dict[str, Any]]:
    return [
        {"step": name, "ref": one.ref, "label": one.label, "to_id": one.to_id, "to": one.to}
        for name, step in leaver_steps.items()
        for one in step.hand_over(actor=actor, leaver=leaver, successor=successor)
    ]


def reactivate_staff(*, actor: User, user: User) -> None:
    """Somebody comes back. The old password works again; tokens and sessions stay dead."""
    _refuse_stranger(actor, user.branch)
    if not can_grant(actor, user.role):
        raise PermissionRefused("role_above_own", _("This person's role may do more than your own."))
    with transaction.atomic():
        if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
            record(
                actor=actor,
                action="staff.reactivate",
                record=user,
                before={"is_active": False},
                after={"is_active": True},
            )


def _refuse_stranger(actor: User, branch: Branch) -> None:
    """The actor manages staff, and ``branch`` lies within reach."""
    if not can_manage_staff(actor) or not within_reach(actor, branch):
        raise PermissionRefused(
            "permission_refused", _("Your role does not allow this. Ask whoever manages staff accounts.")
        )


def _checked_username(typed: str) -> str:
    name = clean_text(typed, max_length=60).replace(" ", "")
    field = User._meta.get_field("username")
    if len(name) < 3 or any(_fails(check, name) for check in field.validators):
        raise DomainError(
            "bad_username",
            _("Use at least three letters or digits, without spaces; . - _ are allowed."),
            field="username",
        )
    return name


def _fails(check: Any, value: str) -> bool:
    try:
        check(value)
    except ValidationError:
        return True
    return False


def _checked_phone(typed: str) -> str:
    if not clean_text(typed):
        return ""
    return parse_phone(typed).e164


def _save(user: User) -> None:
    others = User.objects.exclude(pk=user.pk)
    if others.filter(username__iexact=user.username).exists():
        raise DomainError("username_taken", _("Somebody else has this user name."), field="username")
    if user.phone_e164 and others.filter(phone_e164=user.phone_e164).exists():
        raise DomainError("phone_taken", _("Somebody else signs in with this phone number."), field="phone")
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        # Somebody took it between the look and the write.
        raise DomainError("username_taken", _("Somebody else has this user name."), field="username") from None


def _state(user: User) -> dict[str, Any]:
    return {
        "username": user.username,
        "name_bn": user.name_bn,
        "name_en": user.name_en,
        "phone": user.phone_e164,
        "email": user.email,
        "role": user.role.code,
        "branch": user.branch.code,
        "language": user.language,
        "teams": sorted(user.teams.values_list("code", flat=True)),
        "is_active": user.is_active,
    }

"""The second factor: time-based codes of an authenticator app (RFC 6238), and recovery codes (docs/adr/0013)."""

import secrets
from dataclasses import dataclass

import pyotp
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import AccessPolicy, RecoveryCode, SecondFactor, User
from halkhata.foundation.accounts.policies import can_grant, can_manage_staff, within_reach
from halkhata.foundation.accounts.services.sign_in import end_sessions
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError, PermissionRefused
from halkhata.foundation.core.secret_box import keyed_hash, seal, unseal
from halkhata.foundation.core.text import fold_digits

STEP_SECONDS = 30
# One step earlier and one later: a phone's clock may be off, and typing takes a while (RFC 6238 section 5.2).
DRIFT_STEPS = (0, -1, 1)
RECOVERY_CODES = 10
_KEY_BOX = "halkhata.accounts.second_factor"
_RECOVERY = "halkhata.accounts.recovery_codes"
# No letters or digits that are mistaken for one another on paper: 12 of 31 are 59 bits.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, kw_only=True)
class Enrolment:
    """What the page that sets the app up shows: the key for typing, and the address behind the QR code."""

    key: str
    uri: str


def has_second_factor(user: User) -> bool:
    """Whether a confirmed authenticator app guards this account."""
    return SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).exists()


def must_enrol(user: User) -> bool:
    """Whether the rules of the house ask this person for a second factor that is not there yet."""
    asked = AccessPolicy.objects.filter(pk=1, roles_with_second_factor=user.role_id).exists()
    return asked and not has_second_factor(user)


def begin_enrolment(*, actor: User, issuer: str) -> Enrolment:
    """The key to set the app up with. It stays the same until it is confirmed, so that a page loaded twice still fits.

    Raises DomainError ``second_factor_there`` when one is in force.
    """
    with transaction.atomic():
        factor, _made = SecondFactor.objects.select_for_update().get_or_create(
            user=actor, defaults={"secret": seal(pyotp.random_base32(), purpose=_KEY_BOX), "created_at": now()}
        )
        if factor.confirmed_at is not None:
            raise DomainError("second_factor_there", _("An authenticator app is set up already."))
        key = unseal(factor.secret, purpose=_KEY_BOX)
        if not key:
            key = pyotp.random_base32()
            factor.secret = seal(key, purpose=_KEY_BOX)
            factor.save(update_fields=["secret"])
    # A colon would split the label (Key URI format): names of shops may hold one.
    name = issuer.replace(":", " ").strip() or "Halkhata"
    return Enrolment(key=key, uri=pyotp.TOTP(key).provisioning_uri(name=actor.username, issuer_name=name))


def confirm_enrolment(*, actor: User, code: str) -> list[str]:
    """The app shows the right code: from now on it is asked for. Returns the recovery codes, which are shown once.

    Raises DomainError ``wrong_code``.
    """
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update().filter(user=actor, confirmed_at__isnull=True).first()
        if factor is None or not _take_step(factor, code):
            raise DomainError(
                "wrong_code", _("This is not the code that the app shows now. Check the phone's clock."), field="code"
            )
        SecondFactor.objects.filter(pk=factor.pk).update(confirmed_at=now())
        record(actor=actor, action="two_factor.on", record=actor)
        return _new_codes(actor)


def check_code(*, user: User, typed: str) -> bool:
    """Whether ``typed`` is the app's present code or an unused recovery code of ``user``. Each works once."""
    text = "".join(fold_digits(typed or "").lower().split())
    if len(text) == 6 and text.isdecimal():
        factor = SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).first()
        return factor is not None and _take_step(factor, text)
    return _take_recovery_code(user, text)


def renew_recovery_codes(*, actor: User) -> list[str]:
    """Ten new codes; the old ones stop working. Raises DomainError ``no_second_factor``."""
    if not has_second_factor(actor):
        raise DomainError("no_second_factor", _("Set up an authenticator app first."))
    with transaction.atomic():
        codes = _new_codes(actor)
        record(actor=actor, action="two_factor.new_codes", record=actor)
    return codes


def unused_codes(user: User) -> int:
    """How many recovery codes are left."""
    return RecoveryCode.objects.filter(user=user, used_at__isnull=True).count()


def remove_own_second_factor(*, actor: User) -> None:
    """Switch one's own second factor off. Raises DomainError ``second_factor_required`` when the role needs one."""
    if AccessPolicy.objects.filter(pk=1, roles_with_second_factor=actor.role_id).exists():
        raise DomainError(
            "second_factor_required", _("Your role needs a second step. Set up the new phone instead of removing it.")
        )
    with transaction.atomic():
        if _remove(actor):
            record(actor=actor, action="two_factor.off", record=actor)


def replace_own_second_factor(*, actor: User) -> None:
    """Forget the app on the old phone so that a new one can be set up at once (it is asked for before anything)."""
    with transaction.atomic():
        if _remove(actor):
            record(actor=actor, action="two_factor.replace", record=actor)


def reset_second_factor(*, actor: User, user: User, reason: str = "") -> None:
    """Somebody lost the phone and the codes: an administrator takes the second factor away; all sessions end.

    Raises PermissionRefused. Nobody does this for themselves: that way is ``remove_own_second_factor``.
    """
    allowed = can_manage_staff(actor) and within_reach(actor, user.branch) and can_grant(actor, user.role)
    if not allowed or actor.pk == user.pk:
        raise PermissionRefused("permission_refused", _("Your role does not allow this."))
    with transaction.atomic():
        if _remove(user):
            end_sessions(user)
            record(actor=actor, action="two_factor.reset", record=user, note=reason)


def step_of(moment_seconds: float) -> int:
    """The time step (RFC 6238: T) of a Unix time in seconds."""
    return int(moment_seconds) // STEP_SECONDS


def _take_step(factor: SecondFactor, code: str) -> bool:
    """Whether ``code`` fits now or one step off, and has not been taken before. The UPDATE decides, not a look."""
    key = unseal(factor.secret, purpose=_KEY_BOX)
    text = "".join(fold_digits(code or "").split())
    if not key or len(text) != 6:
        return False
    present, totp, fits = step_of(now().timestamp()), pyotp.TOTP(key), None
    for drift in DRIFT_STEPS:
        # All of them are computed: the time of the answer does not tell how far off a code was.
        if secrets.compare_digest(totp.generate_otp(present + drift), text) and fits is None:
            fits = present + drift
    if fits is None:
        return False
    return bool(SecondFactor.objects.filter(pk=factor.pk, last_step__lt=fits).update(last_step=fits))


def _take_recovery_code(user: User, text: str) -> bool:
    digest = keyed_hash(f"{user.pk}:{text.replace('-', '')}", purpose=_RECOVERY)
    with transaction.atomic():
        taken = RecoveryCode.objects.filter(user=user, code_hash=digest, used_at__isnull=True).update(used_at=now())
        if taken:
            record(actor=user, action="two_factor.recovery_code", record=user, after={"left": unused_codes(user)})
    return bool(taken)


def _new_codes(user: User) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    codes = ["".join(secrets.choice(_ALPHABET) for _letter in range(12)) for _code in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, code_hash=keyed_hash(f"{user.pk}:{code}", purpose=_RECOVERY)) for code in codes
    )
    return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes]


def _remove(user: User) -> bool:
    RecoveryCode.objects.filter(user=user).delete()
    return bool(SecondFactor.objects.filter(user=user).delete()[0])

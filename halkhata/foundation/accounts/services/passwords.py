"""Rules for passwords, said in our own words; and temporary passwords that can be read aloud."""

import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.errors import DomainError

MIN_LENGTH = 12
# No letters or digits that are mistaken for one another when read from a slip of paper.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"

_REASONS = {
    "password_too_short": _("Too short: use at least 12 characters. Three or four words do well."),
    "password_too_common": _("Too easy to guess: many people use this one."),
    "password_too_similar": _("Too much like the user name or the name."),
    "password_own_words": _("Too easy to guess: it is little more than a name, the shop's name or a phone number."),
    "password_too_long": _("Too long: use at most 1,024 characters."),
}


def check_password_rules(password: str, *, user: User, field: str = "password") -> None:
    """Raise DomainError ``weak_password`` when ``password`` breaks a rule of AUTH_PASSWORD_VALIDATORS."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        code = next((one.code for one in error.error_list if one.code in _REASONS), "password_too_short")
        raise DomainError("weak_password", _REASONS[code], field=field, reason=code) from None


def new_temporary_password() -> str:
    """A random password of four groups of four, about 79 bits; it must be changed at the first sign-in."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _letter in range(4)) for _group in range(4))

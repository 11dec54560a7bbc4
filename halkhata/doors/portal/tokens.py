"""Signed tokens of the portal: they stand in for a cookie, so that the forms also work inside another site's frame."""

import secrets
from typing import Any

from django.core import signing

_FORM_SALT = "halkhata.portal.form"
_THANKS_SALT = "halkhata.portal.thanks"
# A form left open over night still works; an older one is shown again with everything that was typed.
FORM_LIVES = 24 * 60 * 60
THANKS_LIVES = 30 * 24 * 60 * 60


def new_form_token() -> str:
    """A token for one form. Sent twice, the form is known by it and opens one ticket."""
    return signing.dumps(secrets.token_urlsafe(16), salt=_FORM_SALT)


def form_id(token: str) -> str | None:
    """The form's own id, or None for a token that is not ours or too old."""
    return _read(token, _FORM_SALT, FORM_LIVES)


def thanks_token(ticket_id: int) -> str:
    """What stands in the address of the thanks page; tells the ticket to nobody who was not sent there."""
    return signing.dumps(ticket_id, salt=_THANKS_SALT)


def ticket_of_thanks(token: str) -> int | None:
    """The ticket behind a thanks page, or None."""
    return _read(token, _THANKS_SALT, THANKS_LIVES)


def _read(token: str, salt: str, lives: int) -> Any:
    try:
        return signing.loads(token, salt=salt, max_age=lives)
    except signing.BadSignature:
        return None

"""Which password goes to which server: one rule for saving, testing, reading and sending (B44).

A stored password belongs to the server and user name it was typed for. Whoever may change a mailbox may not read its
password, so they must not be able to have it sent to a server of their own either.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.keys import seal, unseal
from halkhata.engines.messaging.models import Mailbox
from halkhata.foundation.core.errors import DomainError

SIDES = ("imap", "smtp")


class PasswordElsewhere(Exception):
    """A password is kept, but for another server, port, encryption or user name: it must be typed again."""


def place_of(values: Mapping[str, Any], side: str) -> str:
    """What a password of this side is bound to: ``user@host:port/encryption``. ``side`` is "imap" or "smtp"."""
    host, port, security, user = (values[f"{side}_{name}"] for name in ("host", "port", "security", "username"))
    return f"{user}@{str(host).strip().lower()}:{port}/{security}"


def settle_passwords(box: Mailbox, values: Mapping[str, Any]) -> None:
    """Put typed passwords into ``box``, sealed; keep the old ones only where they belong.

    ``values`` has the new host, port, security and username of both sides, and passwords in clear. Raises DomainError
    ``password_again`` when an old password would come to belong to another place; ``data["fields"]`` names the fields
    of all such passwords.
    """
    missing = []
    for side in SIDES:
        typed, place = values.get(f"{side}_password"), place_of(values, side)
        kept_for = getattr(box, f"{side}_password_place")
        if typed:
            store_password(box, side, typed, place=place)
        elif getattr(box, f"{side}_password") and kept_for != place:
            if values[f"{side}_host"] and values[f"{side}_username"]:
                missing.append(f"{side}_password")
            else:
                # Nobody is left to send it to.
                store_password(box, side, "", place="")
    if missing:
        raise DomainError(
            "password_again",
            _("Server, port, encryption or user name has changed. Type the password again: it is not sent to another."),
            field=missing[0],
            fields=missing,
        )


def store_password(box: Mailbox, side: str, plain: str, *, place: str | None = None) -> None:
    """Seal a password for ``place``, by default for where the mailbox points now. Does not save the row."""
    here = place_of(_values_of(box, side), side) if place is None else place
    setattr(box, f"{side}_password", seal(plain))
    setattr(box, f"{side}_password_place", here if plain else "")


def password_for(box: Mailbox, side: str) -> str:
    """The password to send now; "" when none is kept or the install's secret has changed.

    Raises PasswordElsewhere when the one that is kept belongs to another server, port, encryption or user name.
    """
    sealed = getattr(box, f"{side}_password")
    if sealed and getattr(box, f"{side}_password_place") != place_of(_values_of(box, side), side):
        raise PasswordElsewhere
    return unseal(sealed)


def _values_of(box: Mailbox, side: str) -> dict[str, Any]:
    names = [f"{side}_{name}" for name in ("host", "port", "security", "username")]
    return {name: getattr(box, name) for name in names}

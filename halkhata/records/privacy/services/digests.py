"""The keyed hash by which a number or an address is recognised without being kept."""

from halkhata.foundation.core.secret_box import keyed_hash
from halkhata.records.customers.choices import ContactKind
from halkhata.records.privacy.choices import BY_NUMBER

_PURPOSE = "privacy.contact"


def digest_of(kind: str, value: str) -> str:
    """HMAC-SHA-256 of a canonical contact value (E.164, address in small letters), one key for each install."""
    return keyed_hash(f"{kind}:{value.strip().lower()}", purpose=_PURPOSE)


def kind_of_channel(channel: str) -> str:
    """To what kind of contact point a channel leads."""
    return ContactKind.PHONE if channel in BY_NUMBER else ContactKind.EMAIL

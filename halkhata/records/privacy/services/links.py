"""Signed addresses of the pages where people decide without a sign-in. They name nobody and never run out."""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import NoReverseMatch, reverse

from halkhata.records.privacy.choices import DECIDED, ContactChannel
from halkhata.records.privacy.services.digests import digest_of, kind_of_channel

_PREFERENCES, _CONFIRM = "halkhata.privacy.preferences", "halkhata.privacy.confirm"
_UNSUBSCRIBE = "halkhata.privacy.unsubscribe"


@dataclass(frozen=True, kw_only=True)
class Named:
    """Whom a link was made for: the customer's id, the way, and the hash of the number or address it went to."""

    customer_id: int
    channel: str
    digest: str
    purpose: str = ""


def preference_token(*, customer_id: int, channel: str, address: str) -> str:
    """What stands in the address of somebody's preferences."""
    digest = digest_of(kind_of_channel(channel), address) if address else ""
    return signing.dumps([customer_id, channel, digest], salt=_PREFERENCES)


def preference_token_of(named: Named) -> str:
    """The same for somebody whom another link of ours names."""
    return signing.dumps([named.customer_id, named.channel, named.digest], salt=_PREFERENCES)


def confirm_token(*, customer_id: int, channel: str, purpose: str, address: str) -> str:
    """What stands in the address of a confirmation; a fortnight later it is of no use."""
    return signing.dumps([customer_id, channel, digest_of(kind_of_channel(channel), address), purpose], salt=_CONFIRM)


def unsubscribe_token(*, customer_id: int, channel: str, purpose: str, address: str) -> str:
    """What stands in the header of a mail for one purpose (RFC 8058)."""
    digest = digest_of(kind_of_channel(channel), address)
    return signing.dumps([customer_id, channel, digest, purpose], salt=_UNSUBSCRIBE)


def read_preference_token(token: str) -> Named | None:
    """Whom the link was made for; None for one that is not ours. Never too old: a "no" is heard years later, too."""
    return _read(token, _PREFERENCES, None)


def read_unsubscribe_token(token: str) -> Named | None:
    """The same for saying no to one purpose; never too old either."""
    named = _read(token, _UNSUBSCRIBE, None)
    return named if named is not None and named.purpose in DECIDED else None


def read_confirm_token(token: str) -> Named | None:
    """The same for a confirmation."""
    return _read(token, _CONFIRM, 14 * 24 * 60 * 60)


def public_base() -> str:
    """The configured public address without a slash at the end; "" while there is none that mail programs may call.

    RFC 8058 section 3.1 asks for https: an address of this machine or of the shop's own network is none.
    """
    return settings.BASE_URL.rstrip("/") if settings.BASE_URL.startswith("https://") else ""


def unsubscribe_url(*, customer_id: int, channel: str, purpose: str, address: str) -> str:
    """The whole address that the header of a mail carries; "" without a public address."""
    token = unsubscribe_token(customer_id=customer_id, channel=channel, purpose=purpose, address=address)
    base = public_base()
    return f"{base}{reverse('portal:unsubscribe', args=[token])}" if base else ""


def preference_url(*, customer_id: int, channel: str, address: str) -> str:
    """The whole address of somebody's preferences; "" while no page is mounted."""
    token = preference_token(customer_id=customer_id, channel=channel, address=address)
    try:
        return f"{settings.BASE_URL.rstrip('/')}{reverse('portal:preferences', args=[token])}"
    except NoReverseMatch:
        return ""


def _read(token: str, salt: str, lives: int | None) -> Named | None:
    try:
        values = signing.loads(token[:400], salt=salt, max_age=lives)
    except signing.BadSignature:
        return None
    if not isinstance(values, list) or len(values) not in {3, 4} or values[1] not in ContactChannel.values:
        return None
    return Named(
        customer_id=int(values[0]), channel=values[1], digest=str(values[2]), purpose=values[3] if values[3:] else ""
    )

"""How an incoming mail finds its conversation: signed tokens in addresses and message ids, and ticket tags (A52.2).

A token proves that we wrote the address or the message id it stands in. It does not prove who sends the mail: the
caller still compares the sender with the people of the conversation (reliability 0.5, B67, B68).
"""

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import Literal

from halkhata.engines.messaging.mime.mail import ParsedMail
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.text import fold_digits

_MAC_BYTES = 10
"""80 bits: a guesser has one chance in 10^24 with each mail."""
_PURPOSE = b"halkhata.thread.1:"
_TOKEN = re.compile(r"[a-z2-7]{18,29}")
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
_PLUS_TOKEN = re.compile(r"\+t\.([a-z2-7]{18,29})@", re.IGNORECASE)
_OWN_MESSAGE_ID = re.compile(r"<[0-9a-hjkmnp-tv-z]{26}\.([a-z2-7]{18,29})@[^<>@\s]{1,255}>", re.IGNORECASE)
_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?", re.IGNORECASE)
_TAG = re.compile(
    r"\[\s{0,3}#?([A-Za-z]{1,5}|[\u0995-\u09b9])\s{0,3}[-\u2010-\u2013]\s{0,3}"
    r"([0-9\u09e6-\u09ef]{1,12})\s{0,3}\]"
)
_LATIN_PREFIX = {"ক": "K"}


@dataclass(frozen=True, slots=True)
class ThreadKey:
    """One hint to a conversation. ``value`` is a token, a message id, or a ticket number such as ``K-1045``."""

    kind: Literal["token", "in_reply_to", "reference", "ticket_tag"]
    value: str


def make_token(conversation_id: int, key: bytes) -> str:
    """Return a short signed token (18 to 29 lower-case letters and digits 2 to 7) for a conversation.

    HMAC-SHA-256 cut to 80 bits behind the number. Raises ValueError for a number below 1 or above 2^63 - 1, or a key
    under 16 bytes.
    """
    if not 1 <= conversation_id < 2**63:
        raise ValueError("conversation_id must be between 1 and 2**63 - 1")
    if len(key) < 16:
        raise ValueError("key must have at least 16 bytes")
    number = conversation_id.to_bytes((conversation_id.bit_length() + 7) // 8, "big")
    mac = hmac.new(key, _PURPOSE + number, hashlib.sha256).digest()[:_MAC_BYTES]
    return base64.b32encode(number + mac).decode("ascii").rstrip("=").lower()


def read_token(token: str, key: bytes) -> int | None:
    """Return the conversation number of a token that we signed, else None. Compares in constant time."""
    if not _TOKEN.fullmatch(token):
        return None
    try:
        data = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
    except ValueError:
        return None
    conversation_id = int.from_bytes(data[:-_MAC_BYTES], "big")
    if not 1 <= conversation_id < 2**63:
        return None
    # The whole spelling is compared: unused bits of the last letter and leading zeros are no second spelling.
    expected = make_token(conversation_id, key)
    return conversation_id if hmac.compare_digest(expected.encode("ascii"), token.encode("ascii")) else None


def plus_address(address: str, token: str) -> str:
    """Return `support+t.<token>@shop.test` for `support@shop.test`. Raises ValueError if it is no address or the local
    part would pass 64 characters (RFC 5321 section 4.5.3.1.1)."""
    local, at, domain = address.strip().rpartition("@")
    if not at or not local or not domain or not _TOKEN.fullmatch(token):
        raise ValueError("not an address and a token")
    local = f"{local}+t.{token}"
    if len(local) > 64:
        raise ValueError("local part longer than 64 characters")
    return f"{local}@{domain}"


def tokens_in(parsed: ParsedMail) -> list[str]:
    """Return the plus tokens in To, Cc, Delivered-To and their like, in that order, each once; not yet verified."""
    addresses = [address for _, address in (*parsed.to, *parsed.cc)] + list(parsed.delivered_to)
    found = [match.group(1).lower() for address in addresses if (match := _PLUS_TOKEN.search(address))]
    return list(dict.fromkeys(found))


def make_message_id(conversation_id: int, domain: str, key: bytes) -> str:
    """Return a new unique Message-ID `<ulid.token@domain>` (A52.3). Raises ValueError for a bad domain."""
    if not _DOMAIN.fullmatch(domain):
        raise ValueError("not a domain")
    milliseconds = int(now().timestamp() * 1000) & (2**48 - 1)
    value = milliseconds << 80 | secrets.randbits(80)
    ulid = "".join(_CROCKFORD[value >> shift & 31] for shift in range(125, -1, -5))
    return f"<{ulid}.{make_token(conversation_id, key)}@{domain.lower()}>"


def conversation_from_message_id(message_id: str, key: bytes) -> int | None:
    """Return the conversation of a Message-ID that we made, else None."""
    match = _OWN_MESSAGE_ID.fullmatch(message_id.strip())
    return read_token(match.group(1).lower(), key) if match else None


def thread_candidates(parsed: ParsedMail) -> list[ThreadKey]:
    """Return the hints to a conversation, strongest first: plus token, In-Reply-To, each of References from the latest
    to the oldest, ticket tag in the subject such as [K-1045] or [ক-১০৪৫] (given as `K-1045`). Never the bare subject.
    """
    keys = [ThreadKey("token", token) for token in tokens_in(parsed)]
    if parsed.in_reply_to:
        keys.append(ThreadKey("in_reply_to", parsed.in_reply_to))
    keys += [
        ThreadKey("reference", reference)
        for reference in reversed(parsed.references)
        if reference != parsed.in_reply_to
    ]
    keys += [ThreadKey("ticket_tag", tag) for tag in ticket_tags(parsed.subject)]
    return keys


def ticket_tags(subject: str) -> list[str]:
    """Return the ticket numbers in square brackets of a subject, with Latin digits and the Latin prefix."""
    tags = []
    for prefix, digits in _TAG.findall(subject):
        number = fold_digits(digits)
        tags.append(f"{_LATIN_PREFIX.get(prefix, prefix.upper())}-{number}")
    return list(dict.fromkeys(tags))

"""Taking a webhook's body apart into single things that happened, each with the key that makes it single."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from halkhata.engines.chat.choices import ChatKind, EventKind

SIGNATURE = "sha256="
# No webhook of Meta's is deeper; what is cannot be meant for us.
MOST_EVENTS = 5000


@dataclass(frozen=True, kw_only=True)
class Told:
    """One thing a webhook tells. ``at`` None: it says no time that makes sense."""

    key: str
    kind: EventKind
    at: datetime | None
    body: dict[str, Any] = field(default_factory=dict)


def is_signed(secret: str, body: bytes, header: str) -> bool:
    """Whether ``X-Hub-Signature-256`` is right for these very bytes, in constant time."""
    if not secret or not header.startswith(SIGNATURE):
        return False
    right = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(right.encode(), header[len(SIGNATURE) :].encode("utf-8", "replace"))


def read_hook(kind: str, external_id: str, body: bytes) -> list[Told]:
    """What a webhook tells about the account ``external_id``; nothing of other accounts. Never raises.

    What is no JSON, or nothing we know, is one event of its own kind, so that it is kept and seen.
    """
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return [Told(key=_digest("raw", body), kind=EventKind.OTHER, at=None, body={"raw": _shown(body)})]
    if not isinstance(data, dict):
        return [Told(key=_digest("raw", body), kind=EventKind.OTHER, at=None, body={"raw": _shown(body)})]
    reader = _whatsapp if kind == ChatKind.WHATSAPP else _messenger
    found: dict[str, Told] = {}
    for told in reader(external_id, data):
        found.setdefault(told.key, told)
        if len(found) >= MOST_EVENTS:
            break
    return list(found.values())


def _whatsapp(external_id: str, data: dict[str, Any]) -> Iterator[Told]:
    for entry in objects(data.get("entry")):
        for change in objects(entry.get("changes")):
            value = part(change, "value")
            about = text(part(value, "metadata"), "phone_number_id")
            if about and about != external_id:
                continue
            people = objects(value.get("contacts"))
            if change.get("field") not in {"messages", "smb_message_echoes"}:
                yield _other(change)
                continue
            for message in objects(value.get("messages")):
                yield _told("m", EventKind.MESSAGE, message, "id", seconds(message), _contact_of(message, people))
            for message in objects(value.get("message_echoes")):
                yield _told("m", EventKind.ECHO, message, "id", seconds(message), {})
            for status in objects(value.get("statuses")):
                key = f"s:{text(status, 'id')}:{text(status, 'status')}"
                yield Told(key=_short(key), kind=EventKind.STATUS, at=seconds(status), body={"status": status})
            for error in objects(value.get("errors")):
                yield _other({"error": error})


def _contact_of(message: dict[str, Any], people: list[dict[str, Any]]) -> dict[str, Any]:
    """The line of ``contacts`` that is the sender's; the only one where ids are missing."""
    user, number = text(message, "from_user_id"), text(message, "from")
    for one in people:
        if (user and text(one, "user_id") == user) or (number and text(one, "wa_id") == number):
            return one
    return people[0] if len(people) == 1 else {}


def _messenger(external_id: str, data: dict[str, Any]) -> Iterator[Told]:
    for entry in objects(data.get("entry")):
        if text(entry, "id") and text(entry, "id") != external_id:
            continue
        for one in [*objects(entry.get("messaging")), *objects(entry.get("standby"))]:
            yield from _of_messaging(one)
        for change in objects(entry.get("changes")):
            yield _other(change)


def _of_messaging(one: dict[str, Any]) -> Iterator[Told]:
    at, person = milliseconds(one.get("timestamp")), text(part(one, "sender"), "id")
    message = part(one, "message")
    if message:
        kind = EventKind.ECHO if message.get("is_echo") is True else EventKind.MESSAGE
        yield Told(key=_id_key("m", message, "mid"), kind=kind, at=at, body=one)
    elif part(one, "postback"):
        yield Told(key=_id_key("m", part(one, "postback"), "mid", one), kind=EventKind.MESSAGE, at=at, body=one)
    elif part(one, "delivery") or part(one, "read"):
        word = "delivery" if part(one, "delivery") else "read"
        mark = text(part(one, word), "watermark")
        yield Told(
            key=_short(f"{word}:{person}:{mark}"), kind=EventKind.STATUS,
            at=milliseconds(part(one, word).get("watermark")), body=one,
        )  # fmt: skip
    elif part(one, "reaction"):
        yield Told(key=_digest("reaction", _bytes(one)), kind=EventKind.MESSAGE, at=at, body=one)
    else:
        yield _other(one)


def _told(
    prefix: str, kind: EventKind, message: dict[str, Any], name: str, at: datetime | None, contact: dict[str, Any]
) -> Told:
    return Told(key=_id_key(prefix, message, name), kind=kind, at=at, body={"message": message, "contact": contact})


def _other(what: dict[str, Any]) -> Told:
    return Told(key=_digest("other", _bytes(what)), kind=EventKind.OTHER, at=None, body=what)


def _id_key(prefix: str, message: dict[str, Any], name: str, whole: dict[str, Any] | None = None) -> str:
    """By Meta's own id; without one, by what it says."""
    given = text(message, name)
    return _short(f"{prefix}:{given}") if given else _digest(prefix, _bytes(whole or message))


def _short(key: str) -> str:
    key = key.replace("\x00", "")
    return key if len(key) <= 190 else _digest(key[:1], key.encode("utf-8", "replace"))


def _digest(prefix: str, data: bytes) -> str:
    return f"{prefix}:{hashlib.sha256(data).hexdigest()}"


def _bytes(what: dict[str, Any]) -> bytes:
    return json.dumps(what, sort_keys=True).encode()


def _shown(body: bytes) -> str:
    return body[:5000].decode("utf-8", "backslashreplace")


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; nothing of anything else."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def part(value: dict[str, Any], name: str) -> dict[str, Any]:
    """The object under ``name``, or an empty one."""
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def text(value: dict[str, Any], name: str) -> str:
    """The text or number under ``name`` as text; "" for anything else."""
    found = value.get(name)
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found) if abs(found) < 10**30 else ""
    return found.strip() if isinstance(found, str) else ""


def seconds(value: dict[str, Any]) -> datetime | None:
    """``timestamp`` of WhatsApp: seconds, as text or number."""
    given = text(value, "timestamp")
    return _moment(int(given)) if given.isascii() and given.isdigit() and len(given) <= 12 else None


def milliseconds(value: Any) -> datetime | None:
    """A time of Messenger: milliseconds."""
    given = text({"at": value}, "at")
    return _moment(int(given) / 1000) if given.isascii() and given.isdigit() and len(given) <= 15 else None


def _moment(value: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, ValueError, OSError):
        return None

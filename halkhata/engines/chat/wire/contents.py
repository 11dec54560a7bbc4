"""What a message is made of: its words, its files, or the name of a kind that we cannot show."""

from dataclasses import dataclass
from typing import Any

from halkhata.engines.chat.choices import ContentKind
from halkhata.engines.chat.wire.hooks import objects, part, text

_MEDIA = {
    "image": ContentKind.IMAGE, "audio": ContentKind.AUDIO, "voice": ContentKind.AUDIO, "video": ContentKind.VIDEO,
    "document": ContentKind.FILE, "file": ContentKind.FILE, "sticker": ContentKind.STICKER,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class MediaRef:
    """A file that lies at Meta: an id of WhatsApp, or an address of Messenger."""

    media_id: str = ""
    url: str = ""
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Content:
    """``remote_kind`` is Meta's own word for the kind."""

    kind: ContentKind = ContentKind.TEXT
    words: str = ""
    remote_kind: str = ""
    media: tuple[MediaRef, ...] = ()


def of_whatsapp(message: dict[str, Any]) -> Content:
    """The content of a message of WhatsApp. Never raises."""
    kind = text(message, "type") or "unknown"
    body = part(message, kind)
    if kind == "text":
        return Content(words=text(body, "body"), remote_kind=kind)
    if kind == "button":
        return Content(words=text(body, "text"), remote_kind=kind)
    if kind == "interactive":
        reply = part(body, "button_reply") or part(body, "list_reply")
        if text(reply, "title"):
            return Content(words=text(reply, "title"), remote_kind=kind)
    if kind in _MEDIA and text(body, "id"):
        media = MediaRef(media_id=text(body, "id")[:80], name=text(body, "filename")[:200])
        return Content(kind=_MEDIA[kind], words=text(body, "caption"), remote_kind=kind, media=(media,))
    if kind == "location":
        return Content(kind=ContentKind.PLACE, words=_place(body, "latitude", "longitude"), remote_kind=kind)
    if kind == "contacts":
        return Content(kind=ContentKind.CONTACT, words=_contacts(message), remote_kind=kind)
    if kind == "reaction":
        return Content(kind=ContentKind.REACTION, words=text(body, "emoji"), remote_kind=kind)
    return Content(kind=ContentKind.UNKNOWN, remote_kind=kind[:40])


def of_messenger(one: dict[str, Any]) -> Content:
    """The content of a message, postback or reaction of Messenger. Never raises."""
    if part(one, "postback"):
        return Content(words=text(part(one, "postback"), "title"), remote_kind="postback")
    if part(one, "reaction"):
        emoji = text(part(one, "reaction"), "emoji")
        return Content(kind=ContentKind.REACTION, words=emoji, remote_kind="reaction")
    message = part(one, "message")
    words, kinds, media, places = text(message, "text"), [], [], []
    for attached in objects(message.get("attachments")):
        kind, payload = text(attached, "type"), part(attached, "payload")
        if kind in _MEDIA and text(payload, "url").startswith("https://"):
            is_sticker = bool(text(payload, "sticker_id"))
            kinds.append(ContentKind.STICKER if is_sticker else _MEDIA[kind])
            media.append(MediaRef(url=text(payload, "url")[:2000], name=text(payload, "title")[:200]))
        elif kind == "location":
            places.append(_place(part(payload, "coordinates"), "lat", "long"))
        elif not words:
            return Content(kind=ContentKind.UNKNOWN, remote_kind=(kind or "unknown")[:40])
    if places:
        return Content(kind=ContentKind.PLACE, words="\n".join(filter(None, [words, *places])), remote_kind="location")
    if kinds:
        return Content(kind=kinds[0], words=words, remote_kind=str(kinds[0]), media=tuple(media[:10]))
    if words:
        return Content(words=words, remote_kind="text")
    return Content(kind=ContentKind.UNKNOWN, remote_kind="unknown")


def _place(body: dict[str, Any], latitude: str, longitude: str) -> str:
    spot = [f"{body[name]:.6f}" for name in (latitude, longitude) if isinstance(body.get(name), int | float)]
    named = [text(body, "name"), text(body, "address")]
    return "\n".join(filter(None, [*named, ", ".join(spot) if len(spot) == 2 else ""]))


def _contacts(message: dict[str, Any]) -> str:
    lines = []
    for one in objects(message.get("contacts"))[:20]:
        name = text(part(one, "name"), "formatted_name")
        phones = [text(phone, "phone") for phone in objects(one.get("phones"))]
        lines.append(" ".join(filter(None, [name, *phones])))
    return "\n".join(filter(None, lines))

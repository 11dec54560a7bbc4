"""What a text of an automatic message must be before it is kept, proposed or tried."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.choices import TemplateCode
from halkhata.engines.messaging.models import Template
from halkhata.engines.messaging.services.placeholders import check_placeholders
from halkhata.engines.work.choices import Channel
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.text import clean_text
from halkhata.foundation.files.models import StoredFile

# Where a text belongs, and what it says.
PLACE = ("code", "team", "channel", "language")
WORDS = ("subject", "body", "links", "is_active", "is_set_aside")
FIELDS = (*PLACE, *WORDS)
# Occasions on which an SMS may go.
BY_TEXT = frozenset(
    {
        TemplateCode.RECEIVED,
        TemplateCode.ASSIGNED,
        TemplateCode.DELAYED,
        TemplateCode.RESOLVED,
        TemplateCode.FEEDBACK,
    }
)
MOST_LETTERS = 600
MAX_LINKS, MAX_BODY, MAX_WHY = 10, 10_000, 300


def checked_values(values: dict[str, Any]) -> dict[str, Any]:
    """The FIELDS of ``values``, fit to be kept; a text for every department is never set aside.

    Raises DomainError at its field: ``empty``, ``too_long``, ``bad_link``, and what ``check_placeholders`` raises.
    """
    checked = {name: values[name] for name in FIELDS if name != "is_set_aside"}
    checked["is_set_aside"] = bool(values.get("is_set_aside")) and values["team"] is not None
    checked["subject"] = clean_text(values["subject"], max_length=200)
    checked["body"] = clean_text(values["body"], multiline=True)
    checked["links"] = checked_links(values["links"])
    by_text = checked["channel"] == Channel.SMS
    if by_text:
        _check_text(checked)
    if not checked["subject"] and not by_text:
        raise DomainError("empty", _("Write a subject."), field="subject")
    if not checked["body"]:
        raise DomainError("empty", _("Write the text."), field="body")
    if len(checked["body"]) > MAX_BODY:
        raise DomainError("too_long", _("This text is too long for a message."), field="body")
    check_placeholders(checked["subject"], "subject")
    check_placeholders(checked["body"], "body")
    return checked


def _check_text(checked: dict[str, Any]) -> None:
    """A text for SMS: an occasion that tells something, short, without links and subject of its own."""
    if checked["code"] not in BY_TEXT:
        raise DomainError("no_text", _("On this occasion nothing goes by SMS from here."), field="channel")
    if checked["links"]:
        raise DomainError("bad_link", _("An SMS has no list of links. Write the link into the text."), field="links")
    if len(checked["body"]) > MOST_LETTERS:
        raise DomainError("too_long", _("This is too long for an SMS."), field="body")
    checked["subject"] = ""


def checked_links(links: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """Pages of help, each with a name and an address. Raises DomainError ``bad_link``."""
    checked = []
    for link in list(links)[:MAX_LINKS]:
        label, url = clean_text(link.get("label", ""), max_length=80), clean_text(link.get("url", ""), max_length=300)
        if not url.startswith(("https://", "http://", "/")) or url.startswith("//") or " " in url or not label:
            raise DomainError(
                "bad_link", _("Each link needs a name and an address that begins with https://"), field="links"
            )
        checked.append({"label": label, "url": url})
    return checked


def is_same(row: Template, values: dict[str, Any], documents: Sequence[StoredFile]) -> bool:
    """Whether the text already says exactly this."""
    if any(getattr(row, name) != values[name] for name in FIELDS):
        return False
    return {one.pk for one in documents} == set(row.documents.values_list("pk", flat=True))


def kept_documents(row: Template, add: Sequence[StoredFile] = (), remove: Sequence[int] = ()) -> list[StoredFile]:
    """The documents that go along after a change."""
    there = list(row.documents.exclude(pk__in=list(remove)).order_by("pk")) if row.pk is not None else []
    return [*there, *(one for one in add if one not in there)]

"""Texts with gaps from a closed list: {{ name }}, or {{ name|words for when nothing is known }}.

No template engine: nothing a user writes can run (B49, B51, docs/adr/0010).
"""

import re
from collections.abc import Collection, Mapping

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.errors import DomainError

PLACEHOLDERS: dict[str, object] = {
    "customer": _("how the customer is addressed"),
    "number": _("the ticket's number"),
    "subject": _("the ticket's subject"),
    "promise": _("by when we answer"),
    "shop": _("the shop's name"),
    "branch": _("the branch's name"),
    "phone": _("the branch's phone number"),
    "agent": _("who looks after it"),
    "link": _("the link of this message"),
    "links": _("the template's help pages, one a line"),
    "text": _("the text of the answer"),
}
MOST_NAME, MOST_FALLBACK = 60, 80
# A name, and after a bar the words for when nothing is known. No braces inside: one gap never stands in another.
_PLACEHOLDER = re.compile(
    r"\{\{\s*([^{}|\n]{0,%d}?)\s*(?:\|([^{}\n]{0,%d}))?\}\}" % (MOST_NAME, MOST_FALLBACK)  # noqa: UP031
)
# What people write when they mean a gap: one brace, or half of it.
_NEARLY = re.compile(r"\{\{|\}\}|\{[^\S\n]*(?:%s)[^\S\n]*(?:\|[^{}\n]*)?\}" % "|".join(PLACEHOLDERS))  # noqa: UP031


class StandIn(str):
    """Words that we put where nothing is known. A fallback that stands in the text goes before them."""

    __slots__ = ()


def check_placeholders(text: str, field: str, known: Collection[str] = PLACEHOLDERS) -> None:
    """Raises DomainError at ``field``: ``unknown_placeholder`` for a name that is not on the list, ``empty_fallback``
    for a bar without words, ``broken_placeholder`` for braces that are no gap."""
    for match in _PLACEHOLDER.finditer(text):
        name, fallback = match.group(1), match.group(2)
        if name not in known:
            raise DomainError(
                "unknown_placeholder",
                _("There is no placeholder “%(name)s”. Use one of: %(known)s.")
                % {"name": name, "known": ", ".join(known)},
                field=field,
            )
        if fallback is not None and not fallback.strip():
            raise DomainError(
                "empty_fallback",
                _("Write words after the bar in “%(gap)s”, or take the bar out.") % {"gap": match.group(0)},
                field=field,
            )
    if nearly := _NEARLY.search(_PLACEHOLDER.sub("", text)):
        around = nearly.group(0) if len(nearly.group(0)) > len("{{") else text[text.find(nearly.group(0)) :][:30]
        raise DomainError(
            "broken_placeholder",
            _("“%(found)s” would be sent as it stands. Write {{ name }} or {{ name|other words }}, on one line.")
            % {"found": " ".join(around.split())},
            field=field,
        )


def names_in(text: str) -> list[str]:
    """The names of the placeholders in a text, as they stand there, without their fallbacks."""
    return [match.group(1) for match in _PLACEHOLDER.finditer(text)]


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put ``values`` in. One pass: a value that looks like a placeholder stays. Where nothing is known stand the words
    after the bar; unknown names without them go blank."""
    return _PLACEHOLDER.sub(lambda match: _value(match, values), text)


def _value(match: re.Match[str], values: Mapping[str, str]) -> str:
    value, fallback = values.get(match.group(1), ""), match.group(2)
    if fallback is None or (value.strip() and not isinstance(value, StandIn)):
        return value
    return fallback.strip()

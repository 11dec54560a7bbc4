"""Texts with gaps from a closed list: {{ name }}, or {{ name|words for when nothing is known }}.

No template engine: nothing a user writes can run (B49, B51, docs/adr/0010).
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

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
# No braces inside: one gap never stands in another. What is inside is read in plain code, for a pattern with spaces
# beside words that may be spaces takes for ever on a long row of them.
_BRACED = re.compile(r"\{\{([^{}]{0,200})\}\}")
# What people write when they mean a gap: one brace, or half of it.
_NEARLY = re.compile(r"\{\{|\}\}|\{[^\S\n]*(?:%s)[^\S\n]*(?:\|[^{}\n]*)?\}" % "|".join(PLACEHOLDERS))  # noqa: UP031


class StandIn(str):
    """Words that we put where nothing is known. A fallback that stands in the text goes before them."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class _Gap:
    """One gap: its name, and the words after the bar (None without a bar)."""

    name: str
    fallback: str | None


def _gap(match: re.Match[str]) -> _Gap | None:
    """What stands between the braces; None for what is no gap and stays as it is."""
    name, bar, fallback = match.group(1).partition("|")
    name, fallback = name.strip(), fallback.strip()
    if len(name) > MOST_NAME or len(fallback) > MOST_FALLBACK or "\n" in name or "\n" in fallback:
        return None
    return _Gap(name, fallback if bar else None)


def check_placeholders(text: str, field: str, known: Collection[str] = PLACEHOLDERS) -> None:
    """Raises DomainError at ``field``: ``unknown_placeholder`` for a name that is not on the list, ``empty_fallback``
    for a bar without words, ``broken_placeholder`` for braces that are no gap."""
    for match in _BRACED.finditer(text):
        gap = _gap(match)
        if gap is None:
            continue
        if gap.name not in known:
            raise DomainError(
                "unknown_placeholder",
                _("There is no placeholder “%(name)s”. Use one of: %(known)s.")
                % {"name": gap.name, "known": ", ".join(known)},
                field=field,
            )
        if gap.fallback == "":
            raise DomainError(
                "empty_fallback",
                _("Write words after the bar in “%(gap)s”, or take the bar out.") % {"gap": match.group(0)},
                field=field,
            )
    rest = _BRACED.sub(lambda match: "" if _gap(match) else match.group(0), text)
    if nearly := _NEARLY.search(rest):
        raise DomainError(
            "broken_placeholder",
            _("“%(found)s” would be sent as it stands. Write {{ name }} or {{ name|other words }}, on one line.")
            % {"found": " ".join(rest[nearly.start() : nearly.start() + 40].split())},
            field=field,
        )


def names_in(text: str) -> list[str]:
    """The names of the placeholders in a text, as they stand there, without their fallbacks."""
    return [gap.name for match in _BRACED.finditer(text) if (gap := _gap(match))]


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put ``values`` in. One pass: a value that looks like a placeholder stays. Where nothing is known stand the words
    after the bar; unknown names without them go blank."""
    return _BRACED.sub(lambda match: _value(match, values), text)


def _value(match: re.Match[str], values: Mapping[str, str]) -> str:
    gap = _gap(match)
    if gap is None:
        return match.group(0)
    value = values.get(gap.name, "")
    if gap.fallback is None or (value.strip() and not isinstance(value, StandIn)):
        return value
    return gap.fallback

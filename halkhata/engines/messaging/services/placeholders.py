"""Texts with {{ placeholders }} from a closed list. No template engine: nothing a user writes can run (B49, B51)."""

import re

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
_PLACEHOLDER = re.compile(r"\{\{\s*([^{}\n]{0,60}?)\s*\}\}")


def check_placeholders(text: str, field: str) -> None:
    """Raises DomainError when ``text`` names a placeholder that is not on the list."""
    for name in _PLACEHOLDER.findall(text):
        if name not in PLACEHOLDERS:
            raise DomainError(
                "unknown_placeholder",
                _("There is no placeholder “%(name)s”. Use one of: %(known)s.")
                % {"name": name, "known": ", ".join(PLACEHOLDERS)},
                field=field,
            )


def names_in(text: str) -> list[str]:
    """The names of the placeholders in a text, as they stand there."""
    return list(_PLACEHOLDER.findall(text))


def fill(text: str, values: dict[str, str]) -> str:
    """Put ``values`` in. One pass: a value that looks like a placeholder stays. Unknown names go blank."""
    return _PLACEHOLDER.sub(lambda match: values.get(match.group(1), ""), text)

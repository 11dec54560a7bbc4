"""E-mail addresses as people type them, and the one form in which they are compared."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.text import clean_text

MAX_LENGTH = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets

_BRACKETED = re.compile(r"\(([^()]*)\)")
_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]+)>")
# Wider than RFC 5322's dot-atom on purpose: addresses with two dots or letters beyond ASCII exist and receive mail.
_LOCAL = re.compile(r"[^\s@<>()\[\],;:\"\\]{1,64}")
_DOMAIN_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """``typed`` as it stood in the field, ``value`` the comparable form, ``label`` the words beside it."""

    typed: str
    value: str
    label: str = ""


def parse_email(typed: str | None) -> EmailAddress:
    """Read one address: lower case, the domain in its ASCII form (IDNA, RFC 3490), so that equal addresses are equal.

    Takes "office@example.com (work)", "Shop <office@example.com>" and "mailto:office@example.com". Raises DomainError
    with code ``empty`` or ``invalid_email``.
    """
    cleaned = clean_text(typed)
    if not cleaned:
        raise DomainError("empty", _("Type an e-mail address."))
    labels = [clean_text(label) for label in _BRACKETED.findall(cleaned)]
    rest = _BRACKETED.sub(" ", cleaned).strip()
    named = _NAMED.fullmatch(rest)
    if named:
        labels.append(clean_text(named.group("name").strip(" \"'")))
        rest = named.group("address").strip()
    address = rest[7:] if rest.casefold().startswith("mailto:") else rest
    local, at, domain = address.rpartition("@")
    ascii_domain = _ascii_domain(domain)
    value = f"{local.lower()}@{ascii_domain}"
    if not at or not _LOCAL.fullmatch(local) or not ascii_domain or len(value) > MAX_LENGTH:
        raise DomainError(
            "invalid_email", _("This is not an e-mail address. It looks like name@example.com, without spaces.")
        )
    return EmailAddress(cleaned[:MAX_LENGTH], value, ", ".join(label for label in labels if label)[:60])


def _ascii_domain(domain: str) -> str:
    """The domain in lower-case ASCII, or "" when no host could be called so."""
    try:
        name = domain.strip().rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""
    parts = name.split(".")
    return name if len(parts) > 1 and all(_DOMAIN_LABEL.fullmatch(part) for part in parts) else ""

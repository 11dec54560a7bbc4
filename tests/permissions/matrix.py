"""Reads ``matrix.toml`` and says what it means for each ready role, for a customer and for nobody."""

import functools
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver

FILE = Path(__file__).with_name("matrix.toml")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
OPEN, SIGNED_IN, WHOLE_HOUSE = "anybody", "signed in", "@all"
CUSTOMER, NOBODY = "customer", "nobody"
# What an address can say.
PAGE, REFUSED, SIGN_IN, ABSENT, NO_METHOD = "answered", "refused", "sign in", "absent", "no such method"
WORDS = {401: SIGN_IN, 403: REFUSED, 404: ABSENT, 405: NO_METHOD}


@dataclass(frozen=True)
class Row:
    """One address: which right each of its methods asks for, and which record it names."""

    name: str
    path: str
    rights: dict[str, str] = field(hash=False)
    record: str = ""
    own: int | dict[str, int] = field(default=0, hash=False)
    foreign: str = ""
    absent: int = 404
    hides: bool = False

    @property
    def is_api(self) -> bool:
        """Whether a key opens it, and not a sign-in."""
        return self.path.startswith("/api/v1") and self.name.startswith("api:")

    def own_says(self, method: str) -> str:
        """What one's own record answers to a method, as a word."""
        status = self.own.get("GET" if method == "HEAD" else method, 0) if isinstance(self.own, dict) else self.own
        return WORDS.get(status, f"error {status}") if status else PAGE

    def takes(self, method: str) -> str | None:
        """The right asked for this method; None when the address does not take it. Pages take HEAD like GET."""
        if method == "HEAD" and not self.path.startswith("/api/"):
            method = "GET"
        return self.rights.get(method)


def allows(asked: str, *, permissions: list[str], scope: str) -> bool:
    """Whether a role with these rights and this scope may do what asks for ``asked`` (as in the file)."""
    words = asked.split()
    if asked in {OPEN, SIGNED_IN}:
        return True
    if asked == CUSTOMER:
        return False
    if WHOLE_HOUSE in words and scope != "all":
        return False
    # "a b" asks for both, "a|b" for one of them.
    return all(set(word.split("|")) & set(permissions) for word in words if word != WHOLE_HOUSE)


def addresses() -> dict[str, str]:
    """Name and path of every address that Django's resolver knows, in all namespaces."""
    return {name: f"/{path}" for name, path in _walk(get_resolver(), "", ())}


def _walk(resolver: URLResolver, prefix: str, namespaces: tuple[str, ...]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            found += _walk(entry, path, (*namespaces, entry.namespace) if entry.namespace else namespaces)
        elif isinstance(entry, URLPattern):
            found.append((":".join((*namespaces, entry.name or "")), path))
    return found


@functools.cache
def rows() -> dict[str, Row]:
    """Every row of the file by the name of its address."""
    paths = addresses()
    found = {}
    for section in tomllib.loads(FILE.read_text(encoding="utf-8")).values():
        for name, values in section.items():
            rights = {key: value for key, value in values.items() if key.isupper()}
            found[name] = Row(
                name=name, path=paths.get(name, ""), rights=rights, record=values.get("record", ""),
                own=values.get("own", 0), foreign=values.get("foreign", ""),
                absent=values.get("absent", 404), hides=values.get("hides", False),
            )  # fmt: skip
    return found


def methods_at(path: str) -> set[str]:
    """Methods that any address with this path takes: several names of the API share one."""
    return {method for row in rows().values() if row.path == path for method in METHODS if row.takes(method)}

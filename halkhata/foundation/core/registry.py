"""Named, typed registries: how a lower floor shows what a higher floor knows without importing it.

An app fills them in ``AppConfig.ready()``. See docs/explanation/architecture.md, "Three doors instead of cycles".
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """An ordered mapping from name to entry that refuses the same name twice."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._entries: dict[str, T] = {}

    def register(self, name: str, entry: T) -> T:
        """Add ``entry`` under ``name``. Raises ValueError when the name is taken by another entry."""
        if name in self._entries and self._entries[name] != entry:
            raise ValueError(f"{self.name}: {name!r} is registered already")
        self._entries[name] = entry
        return entry

    def get(self, name: str) -> T:
        """The entry called ``name``. Raises KeyError when nothing registered it."""
        return self._entries[name]

    def find(self, name: str) -> T | None:
        """The entry called ``name``, or None."""
        return self._entries.get(name)

    def __iter__(self) -> Iterator[T]:
        return iter(self._entries.values())

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def items(self) -> list[tuple[str, T]]:
        """Name and entry of everything registered, in order of registration."""
        return list(self._entries.items())


@dataclass(frozen=True, kw_only=True)
class NavItem:
    """One line of the staff navigation. ``count`` may return a number shown beside it."""

    label: Any
    url_name: str
    icon: str
    section: str = "work"
    order: int = 100
    permission: str | None = None
    count: Callable[[Any], int] | None = None


@dataclass(frozen=True, kw_only=True)
class DemoClearer:
    """How an app removes its demo rows: called in ascending ``order`` (children before parents)."""

    order: int
    clear: Callable[[], int] = field(repr=False)


navigation: Registry[NavItem] = Registry("navigation")
demo_clearers: Registry[DemoClearer] = Registry("demo_clearers")

"""Domain events and who listens.

An event is a frozen, keyword-only dataclass in an app's ``events.py``, named in the past tense, with a wire name such
as ``ticket.resolved``. It carries ids and values as they were, never model instances.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, TypeVar

E = TypeVar("E", bound="DomainEvent")
Handler = Callable[[Any], None]

_event_types: dict[str, type["DomainEvent"]] = {}
_handlers: dict[str, list[str]] = {}
_functions: dict[str, tuple[type["DomainEvent"], Handler]] = {}


@dataclass(frozen=True, kw_only=True)
class DomainEvent:
    """Base of all events. A subclass sets ``name``, its wire name."""

    name: ClassVar[str] = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.name:
            known = _event_types.get(cls.name)
            if known is not None and known.__qualname__ != cls.__qualname__:
                raise ValueError(f"two events are called {cls.name}")
            _event_types[cls.name] = cls

    def payload(self) -> dict[str, Any]:
        """The event's values as JSON types (instants in ISO 8601, amounts as text)."""
        return {key: _to_json(value) for key, value in asdict(self).items()}

    @classmethod
    def from_payload(cls: type[E], payload: dict[str, Any]) -> E:
        """Build the event again from a stored payload. Unknown keys are dropped: an older row may have more."""
        known = {f.name: f for f in fields(cls)}
        return cls(**{key: _from_json(value, known[key].type) for key, value in payload.items() if key in known})


def _to_json(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value


def _from_json(value: Any, kind: Any) -> Any:
    text = kind if isinstance(kind, str) else str(kind)
    if isinstance(value, str) and "datetime" in text:
        return datetime.fromisoformat(value)
    if isinstance(value, str) and "Decimal" in text:
        return Decimal(value)
    if isinstance(value, list) and "tuple" in text:
        return tuple(value)
    return value


def event_type(name: str) -> type[DomainEvent] | None:
    """The event class of a wire name, or None when no app knows it any more."""
    return _event_types.get(name)


def on(event: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Register a function as handler of ``event``: ``@on(TicketResolved)``. Its dotted path is its lasting name."""

    def register(function: Callable[[E], None]) -> Callable[[E], None]:
        path = f"{function.__module__}.{function.__qualname__}"
        paths = _handlers.setdefault(event.name, [])
        if path not in paths:
            paths.append(path)
        _functions[path] = (event, function)
        return function

    return register


def handlers_of(name: str) -> list[str]:
    """Dotted paths of all handlers of the event called ``name``."""
    return list(_handlers.get(name, []))


def handler_function(path: str) -> tuple[type[DomainEvent], Handler] | None:
    """The event class and function behind a handler's dotted path, or None when it no longer exists."""
    return _functions.get(path)

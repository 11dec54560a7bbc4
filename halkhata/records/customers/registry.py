"""Where higher floors hook into the customer: panels and actions of the 360 page, the timeline, search, links."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from halkhata.foundation.core.registry import Registry


@dataclass(frozen=True, kw_only=True)
class CustomerPanel:
    """One card of the 360 page. ``context(user, customer)`` gives the template's values in a fixed number of queries.

    ``column`` is "main" (wide) or "side"; ``permission`` "" shows the panel to everyone who sees the customer.
    """

    order: int
    template: str
    context: Callable[[Any, Any], dict[str, Any]]
    permission: str = ""
    column: Literal["main", "side"] = "main"


@dataclass(frozen=True, kw_only=True)
class CustomerAction:
    """One button of the 360 page: leads to ``url_name`` with ``?customer=<id>``, if that page is mounted."""

    order: int
    label: Any
    icon: str
    url_name: str
    permission: str
    primary: bool = False
    # A key of the keyboard that presses it.
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class SearchHit:
    """One line of the search results. All texts are in the reader's language already."""

    title: str
    url: str
    subtitle: str = ""
    badge: str = ""
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class SearchSource:
    """One group of the search results. ``find(user, text, limit)`` returns what the user may see, best first."""

    label: Any
    icon: str
    order: int
    permission: str
    find: Callable[[Any, str, int], list[SearchHit]]


@dataclass(frozen=True, kw_only=True)
class CustomerLink:
    """A column that points at Customer, and what becomes of it.

    ``on_merge``: "move" (re-point to the survivor), "rebuild" (derived, made again), "keep" (stays with the alias).
    ``personal_data``: what it tells about the person: "identity", "contact", "history", "content" or "none".
    """

    model_label: str
    field: str
    on_merge: Literal["move", "rebuild", "keep"]
    personal_data: Literal["identity", "contact", "history", "content", "none"]


# A sentence takes the activity's data and returns text (lazy or plain) in the reader's language.
TimelineSentence = Callable[[dict[str, Any]], Any]

customer_panels: Registry[CustomerPanel] = Registry("customer_panels")
customer_actions: Registry[CustomerAction] = Registry("customer_actions")
timeline_sentences: Registry[TimelineSentence] = Registry("timeline_sentences")
# The icon of a timeline line, by the first part of its verb ("ticket" of "ticket.opened").
timeline_icons: Registry[str] = Registry("timeline_icons")
search_sources: Registry[SearchSource] = Registry("search_sources")
customer_links: Registry[CustomerLink] = Registry("customer_links")

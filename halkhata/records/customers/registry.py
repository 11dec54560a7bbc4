"""Where higher floors hook into the customer: panels and actions of the 360 page, the timeline, search, links."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db.models import QuerySet

from halkhata.foundation.core.panels import Panel
from halkhata.foundation.core.registry import Registry
from halkhata.records.customers.models import Customer


@dataclass(frozen=True, kw_only=True)
class CustomerPanel(Panel[Customer]):
    """One card of the 360 page: ``context(user, customer)``."""


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
    # False for who merely holds the letters somewhere: among such hits the one that is meant is opened at once.
    is_meant: bool = True


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
    # What a page calls these rows when it says what moves ("tickets"); "" for what nobody counts.
    label: Any = ""
    # Made by the machine from the record itself: no use of the customer, and gone when an import is taken back.
    is_derived: bool = False


@dataclass(frozen=True, kw_only=True)
class CustomerTrace:
    """A column that says by which number or address a row came: after an unmerge, later rows go by it to their person.

    ``path`` leads from the row to that text ("from_address"); rows of ``model_label`` must be a link that moves.
    """

    model_label: str
    field: str
    path: str


@dataclass(frozen=True, kw_only=True)
class MergeParticipant:
    """What an app does in a merge beyond having its rows moved: unite balances, keep the stricter of two consents.

    ``merge(actor=, merge=, survivor=, merged=)`` runs in the merge's transaction, after the rows have moved, and
    returns what ``unmerge(actor=, merge=, survivor=, merged=, kept=)`` needs to undo it (JSON types).
    ``preview(survivor, merged)`` tells in sentences what will come of it. Where the survivor itself was merged on
    meanwhile, what ``kept`` of those merges says (merging.unmerge.merges_above) still holds what now goes back: an app
    that keeps amounts there takes it off.
    """

    merge: Callable[..., Any]
    unmerge: Callable[..., None]
    preview: Callable[[Any, Any], list[Any]] | None = None
    order: int = 100


@dataclass(frozen=True, kw_only=True)
class MergeField:
    """One more line of the field-by-field choice, for what is no column of the customer (an address, own fields).

    ``read(customer)`` gives the value as text in the reader's language, "" for none. ``take(survivor=, merged=)`` gives
    the survivor the other's value, in the merge's transaction before rows move, and returns what ``give_back(survivor=,
    merged=, kept=)`` needs (JSON types). Where nothing is chosen, the survivor's value stays if there is one.
    """

    label: Any
    read: Callable[[Any], str]
    take: Callable[..., Any]
    give_back: Callable[..., None]
    order: int = 100


@dataclass(frozen=True, kw_only=True)
class UnitSigns:
    """What an app that knows units tells of doubles (A56.5). Each is one statement, and none for nothing.

    ``owners(serials)``: who owns a unit with exactly one of these numbers now, by id, with the numbers as they stand on
    the unit. ``marks_of(ids)``: of these customers, those who had a unit before or after somebody else though no sale
    and no handing over between the two is written down; each such change has a mark of its own, which both have.
    ``holders(marks)``: whose marks these are.
    """

    owners: Callable[[Collection[str]], Mapping[int, tuple[str, ...]]]
    marks_of: Callable[[Collection[int]], Mapping[int, frozenset[str]]]
    holders: Callable[[Collection[str]], Collection[int]]


# A sentence takes the activity's data and returns text (lazy or plain) in the reader's language.
TimelineSentence = Callable[[dict[str, Any]], Any]

customer_panels: Registry[CustomerPanel] = Registry("customer_panels")
customer_actions: Registry[CustomerAction] = Registry("customer_actions")
timeline_sentences: Registry[TimelineSentence] = Registry("timeline_sentences")
# The icon of a timeline line, by the first part of its verb ("ticket" of "ticket.opened").
timeline_icons: Registry[str] = Registry("timeline_icons")
search_sources: Registry[SearchSource] = Registry("search_sources")
customer_links: Registry[CustomerLink] = Registry("customer_links")
customer_traces: Registry[CustomerTrace] = Registry("customer_traces")
merge_participants: Registry[MergeParticipant] = Registry("merge_participants")
unit_signs: Registry[UnitSigns] = Registry("unit_signs")
merge_fields: Registry[MergeField] = Registry("merge_fields")
# The same for lines that are known only when one looks: fields that the shop made itself.
merge_field_sources: Registry[Callable[[], Mapping[str, MergeField]]] = Registry("merge_field_sources")
# ``numbers()``: rows of one column, phone numbers that everybody may read, of partners who want to be called: no answer
# hides them. Those of all sources are read in one statement, for readers from whom numbers are hidden.
PublicNumbers = Callable[[], QuerySet[Any, str]]

public_numbers: Registry[PublicNumbers] = Registry("public_numbers")

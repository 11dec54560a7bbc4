"""What higher floors tell the work engine: kinds of work, and the sentences of its notices."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Q

from halkhata.engines.work.choices import Side
from halkhata.foundation.core.registry import Registry

Sentence = Callable[[dict[str, Any]], Any]
"""Turns the stored values of a notice into a sentence in the reader's language."""

Choices = Iterable[tuple[str, Any]]


class Made(NamedTuple):
    """What a piece of work is about, by the ids of the catalog; None where that is not known."""

    product: int | None
    brand: int | None
    kind: int | None


Cost = Mapping[str, Decimal]
"""Amounts by currency."""
CostsOf = Callable[[Sequence[int]], Mapping[int, Cost]]
"""What pieces of work (of one kind, by id) cost the shop and nobody else; what is left out cost nothing."""
CategoryLines = Callable[[Sequence[Any]], Mapping[int, Sequence[str]]]
"""By the ids of items (of one kind): the category of each and those it is part of, its own first. What has none is left
out. A fixed number of statements."""
ProductsOf = Callable[[Sequence[Any]], Mapping[int, Made]]
"""Of which products these items (of one kind) are, by the ids of the items: a fixed number of statements."""


@dataclass(frozen=True, kw_only=True)
class ItemKind:
    """One kind of work, registered by the desk that owns it.

    ``prefix`` begins its numbers (K-1045), ``url_name`` is the page that shows an item by its number. ``states`` are
    the desk's state codes with their words. ``is_planned`` marks work with a planned time instead of a promise.
    ``category_of`` and ``categories`` let policies and checklists tell apart what the spine does not know;
    ``category_lines`` says the same of many items at once, for kinds whose categories may be part of others;
    ``products_of`` says of which product, brand and kind of product the work is, by a unit or a serial number;
    ``costs_of`` what it cost the shop.
    """

    code: str
    label: Any
    icon: str
    prefix: str
    url_name: str
    states: tuple[tuple[str, Any], ...] = ()
    is_planned: bool = False
    # Tries without an answer after which planned work of this kind ends with "no answer" (US-18); None: never.
    gives_up_after: int | None = None
    # Whether a piece of work of this kind may end late only with the reason (A51.9).
    asks_delay_reason: bool = False
    # Whose time each state is (A52.13); a state that is not named is ours.
    sides: Mapping[str, Side] = field(default_factory=dict)
    category_of: Callable[[Any], str] | None = field(default=None, repr=False)
    categories: Callable[[], Choices] | None = field(default=None, repr=False)
    category_lines: CategoryLines | None = field(default=None, repr=False)
    products_of: ProductsOf | None = field(default=None, repr=False)
    costs_of: CostsOf | None = field(default=None, repr=False)

    def state_label(self, state: str) -> Any:
        """The word for one of the desk's states; the code itself when the desk names none."""
        return dict(self.states).get(state, state)


@dataclass(frozen=True, kw_only=True)
class MoreFilters:
    """Filters that a desk adds above the queue, beside the queue's own.

    ``owns(name)`` says whether a name in the address is one of them. ``offered(user, stamp)`` gives their form fields
    by name; ``stamp()`` is an expression, read with the queue's counts, by which the desk knows whether what it keeps
    in mind is still true. ``condition(user, pairs)`` is what names and choices mean together; None: they mean nothing.
    """

    owns: Callable[[str], bool]
    stamp: Callable[[], Any]
    offered: Callable[[Any, str | None], Mapping[str, Any]]
    condition: Callable[[Any, Sequence[tuple[str, str]]], Q | None]


@dataclass(frozen=True, kw_only=True)
class ItemAction:
    """One line in the menu of an item's page: leads to ``url_name`` with ``?about=<number>``. ``kinds`` empty: all."""

    order: int
    label: Any
    icon: str
    url_name: str
    permission: str
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class ItemPart:
    """A part of an item's page that another desk brings: asked of ``url_name`` with ``?about=<number>&part=1`` once the
    page is there, so that the page itself asks nothing more. It answers a card, or nothing. Until then, and without
    scripts, ``label`` leads to the whole page.
    """

    order: int
    label: Any
    icon: str
    url_name: str
    permission: str
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class PromiseCondition:
    """One condition that a policy may ask (A51.1): its values are ticked off ``choices()``, or typed.

    Typed values are found by ``find(line)``: all that are called so. ``words(values)`` is what stored values are called
    in the reader's language, also when nobody may choose them any more. ``permission``: only who holds it reads the
    values on the page of a piece of work.
    """

    code: str
    label: Any
    order: int
    choices: Callable[[], Choices] | None = field(default=None, repr=False)
    find: Callable[[str], Sequence[int | str]] | None = field(default=None, repr=False)
    words: Callable[[Collection[Any]], Mapping[Any, Any]] = field(repr=False)
    is_number: bool = False
    help_text: Any = ""
    permission: str | None = None


@dataclass(frozen=True, kw_only=True)
class ItemFacts:
    """What policies and steps may ask of an item that the spine does not know: who its customer is, what it is about.

    ``read(items)`` gives the values by the id of the item and the code of the condition, in a fixed number of
    statements; what is left out has none. It is asked once for an item, when a policy in use asks for one of ``codes``,
    and its answer is kept with the item. ``of_customer``: asked again when another customer stands on the item.
    """

    codes: frozenset[str]
    of_customer: bool
    read: Callable[[Sequence[Any]], Mapping[int, Mapping[str, Sequence[int | str]]]] = field(repr=False)


item_kinds: Registry[ItemKind] = Registry("item_kinds")
promise_conditions: Registry[PromiseCondition] = Registry("promise_conditions")
item_facts: Registry[ItemFacts] = Registry("item_facts")
item_actions: Registry[ItemAction] = Registry("item_actions")
item_parts: Registry[ItemPart] = Registry("item_parts")
# ``ids()``: a subquery with the ids of items that must stay open while something hangs on them (a dispute, A60.1): no
# job closes these by itself.
KeptOpen = Callable[[], Any]

kept_open: Registry[KeptOpen] = Registry("kept_open")
more_filters: Registry[MoreFilters] = Registry("more_filters")
notification_sentences: Registry[Sentence] = Registry("notification_sentences")

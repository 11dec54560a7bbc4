"""Where higher floors hook into sales and units: steps of a sale, panels and actions of the unit page, life lines."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from halkhata.foundation.core.panels import Panel
from halkhata.foundation.core.registry import Registry
from halkhata.records.catalog.models import Unit

# ``step(actor, purchase, line, unit)``; ``unit`` is None for a line of pieces. It runs in the sale's own transaction.
SaleStepFunction = Callable[[Any, Any, Any, Any], Any]


@dataclass(frozen=True, kw_only=True)
class SaleStep:
    """What else a sale does, line by line, lower ``order`` first: covers, coupons, stock. A DomainError refuses it.

    ``reversed`` undoes it when the sale is reversed, higher ``order`` first; a DomainError says what stands against it.
    """

    order: int
    sold: SaleStepFunction
    reversed: SaleStepFunction
    # False for what an imported sale does not do: its goods left the shop long ago, by another system's books.
    imported: bool = True


# ``step(unit_ids)`` removes what an app wrote about units that an import brought in and that are taken back without a
# trace, after the steps of their sale were undone. It raises DomainError where something stands against it.
ForgetUnits = Callable[[Sequence[int]], Any]


# ``units(item_ids)``: which unit pieces of work are about, by their ids; those of a desk that registers it.
ItemUnits = Callable[[Sequence[int]], dict[int, int]]


@dataclass(frozen=True, kw_only=True)
class UnitPanel(Panel[Unit]):
    """One card of the unit page: ``context(user, unit)``."""


@dataclass(frozen=True, kw_only=True)
class UnitAction:
    """One button of the unit page: leads to ``url_name`` with ``?unit=<number>``, if that page is mounted."""

    order: int
    label: Any
    icon: str
    url_name: str
    permission: str
    primary: bool = False


@dataclass(frozen=True, kw_only=True)
class UnitNote:
    """What is said beside a unit in a short list of them: a badge (``word``, ``tone``, ``icon``) and its sentence."""

    word: str
    tone: str
    icon: str
    sentence: str = ""


# ``notes(user, units)``: what to say beside each unit, by its id, as far as ``user`` may know it; a fixed number of
# queries, none without units. The units have product and kind at hand.
UnitNotes = Callable[[Any, Sequence[Any]], dict[int, UnitNote]]

# A sentence takes the line's data and returns text (lazy or plain) in the reader's language.
LifeSentence = Callable[[dict[str, Any]], Any]

sale_steps: Registry[SaleStep] = Registry("sale_steps")
forget_units: Registry[ForgetUnits] = Registry("forget_units")
item_units: Registry[ItemUnits] = Registry("item_units")
unit_notes: Registry[UnitNotes] = Registry("unit_notes")
unit_panels: Registry[UnitPanel] = Registry("unit_panels")
unit_actions: Registry[UnitAction] = Registry("unit_actions")
life_sentences: Registry[LifeSentence] = Registry("life_sentences")
# The icon of a life line, by the first part of its verb ("unit" of "unit.sold").
life_icons: Registry[str] = Registry("life_icons")

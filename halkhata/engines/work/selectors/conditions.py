"""The conditions that a policy may ask, in words: for the form, the list, and the page that says why (A51.1)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import get_language

from halkhata.engines.work.choices import Channel, Priority
from halkhata.engines.work.models import EscalationRule, SlaPolicy
from halkhata.engines.work.registry import Choices, PromiseCondition, item_kinds, promise_conditions
from halkhata.foundation.accounts.models import Branch, Team
from halkhata.foundation.core.bengali_order import by_name
from halkhata.foundation.core.text import clean_text, search_key
from halkhata.records.catalog.models import Brand, Product, ProductKind
from halkhata.records.catalog.selectors.products import label_of_product, products_named, text_names
from halkhata.records.customers.countries import country_choices
from halkhata.records.customers.models import Organization

# The text that a line of a form may name is looked for among so many.
LOOKED_THROUGH = 50


def conditions_in_order() -> list[PromiseCondition]:
    """Every condition the house knows, as the form shows them."""
    return sorted(promise_conditions, key=lambda condition: (condition.order, condition.code))


@dataclass(frozen=True)
class Asked:
    """One condition of a policy in words: what is asked, and for which values; no values where the reader may not."""

    code: str
    label: Any
    values: tuple[str, ...]


class Wording:
    """Says conditions of many policies: what values are called is asked once for each condition."""

    def __init__(self, policies: Iterable[SlaPolicy]) -> None:
        self._policies = list(policies)

    @cached_property
    def _words(self) -> dict[str, Mapping[Any, Any]]:
        values: dict[str, set[Any]] = {}
        for policy in self._policies:
            for code, wanted in policy.conditions.items():
                values.setdefault(code, set()).update(wanted)
        return {
            condition.code: condition.words(values[condition.code])
            for condition in promise_conditions
            if values.get(condition.code)
        }

    def of(self, policy: SlaPolicy, reader: Any = None) -> list[Asked]:
        """The conditions of one policy in the order of the form. ``reader`` None: whoever may read everything."""
        found = []
        for condition in conditions_in_order():
            wanted = [] if policy.is_default else policy.conditions.get(condition.code) or []
            if not wanted:
                continue
            words = self._words.get(condition.code, {})
            is_hidden = reader is not None and condition.permission and not reader.may(condition.permission)
            said = () if is_hidden else tuple(str(words.get(value, value)) for value in wanted)
            found.append(Asked(condition.code, condition.label, said))
        return found


def segment_names(rules: Iterable[EscalationRule]) -> Mapping[Any, Any]:
    """What the segments that rows of the matrix ask for are called, by id."""
    condition = promise_conditions.find("segment")
    wanted = {rule.segment for rule in rules if rule.segment}
    return condition.words(wanted) if condition is not None and wanted else {}


def category_names(rules: Iterable[EscalationRule]) -> Mapping[str, Any]:
    """What the categories that rows of the matrix ask for are called, by code; one out of use by its code."""
    return dict(category_choices()) if any(rule.category for rule in rules) else {}


# What the spine itself, the customers and the catalog have to ask for; higher floors register more.


def kind_choices() -> list[tuple[str, Any]]:
    """Kinds of work that have a promise."""
    return [(kind.code, kind.label) for kind in item_kinds if not kind.is_planned]


def category_choices(of_kind: str = "") -> list[tuple[str, Any]]:
    """What the desks sort their work by, all desks together, or what the work of one kind is sorted by."""
    found: dict[str, Any] = {}
    for kind in item_kinds:
        if kind.categories is not None and of_kind in {"", kind.code}:
            found.update(dict(kind.categories()))
    return list(found.items())


def named_choices(rows: "QuerySet[Any]") -> Choices:
    """Records with a name, by name."""
    return [(str(row.pk), row.name) for row in by_name(rows)]


def names_of(model: Any, values: Collection[Any]) -> dict[Any, Any]:
    """What records are called, by id."""
    return {row.pk: row.name for row in model.objects.filter(pk__in=values)}


def of_choices(choices: Any) -> Any:
    """Words of a closed list."""
    return lambda values: {value: label for value, label in choices() if value in values}


def product_names(values: Collection[Any]) -> dict[Any, Any]:
    """What products are called, by id."""
    rows = Product.objects.select_related("brand").filter(pk__in=values)
    return {row.pk: label_of_product(row) for row in rows}


def products_called(line: str) -> list[int]:
    """The products of this label, name or model code: two statements."""
    name = clean_text(line, max_length=200)
    if not search_key(name):
        return []
    exact = Q(model_code__iexact=name) | Q(name_bn__iexact=name) | Q(name_en__iexact=name)
    found = set(Product.objects.filter(exact).order_by().values_list("pk", flat=True)[:LOOKED_THROUGH])
    # A label says brand, name and model together: its words are looked for, and few products hold them all.
    rows = products_named(name, Product.objects.select_related("brand"))[:LOOKED_THROUGH]
    return sorted(found | {row.pk for row in rows if text_names(name, row)})


def organizations_called(line: str) -> list[int]:
    """The organizations of this name, in either language: one statement."""
    name = clean_text(line, max_length=120)
    rows = Organization.objects.filter(name_bn__iexact=name) | Organization.objects.filter(name_en__iexact=name)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:LOOKED_THROUGH])


def country_names(values: Collection[Any]) -> dict[Any, Any]:
    """What countries are called, by ISO code."""
    return {code: name for code, name in country_choices(_language()) if code in values}


def countries_called(line: str) -> list[str]:
    """The country of this ISO code, or of this name in either language."""
    key = search_key(line)
    return sorted(
        {code for language in ("bn", "en") for code, name in country_choices(language)
         if key and key in {search_key(code), search_key(name)}}
    )  # fmt: skip


def _language() -> str:
    return "bn" if (get_language() or "bn").startswith("bn") else "en"


def active_teams() -> Choices:
    """Teams in use."""
    return named_choices(Team.objects.filter(is_active=True))


def active_branches() -> Choices:
    """Branches in use, as the tree has them."""
    return [(str(branch.pk), branch.name) for branch in Branch.objects.filter(is_active=True)]


def brands() -> Choices:
    """Brands in use."""
    return named_choices(Brand.objects.filter(is_active=True))


def product_kinds() -> Choices:
    """Kinds of product in use."""
    return named_choices(ProductKind.objects.filter(is_active=True))


def priorities() -> Choices:
    """Priorities, the most urgent first."""
    return Priority.choices


def channels() -> Choices:
    """The doors work comes in by."""
    return Channel.choices

"""Which of the shop's own rules a record breaks. Reads a batch in a fixed number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.fields.conditions.evaluate import is_true
from halkhata.foundation.fields.conditions.tree import ConditionField, Group, parse
from halkhata.foundation.fields.registry import BUILT_IN, target_called
from halkhata.foundation.fields.selectors.schema import condition_fields
from halkhata.foundation.fields.selectors.values import read_values
from halkhata.records.catalog.days import today
from halkhata.records.customers.models import Customer
from halkhata.records.data_quality.models import QualityRule, RulesState

TARGET = "customer"


@dataclass(frozen=True, slots=True)
class ReadRule:
    """A rule in use, its conditions read."""

    pk: int
    weight: int
    tree: Group


@dataclass(frozen=True, slots=True)
class Judge:
    """The rules in use, as of one moment. ``number`` is the state of the rules it was made from."""

    number: int
    rules: tuple[ReadRule, ...]
    fields: dict[str, ConditionField]

    def broken(self, batch: Sequence[Customer]) -> dict[int, list[ReadRule]]:
        """The rules that each of these customers breaks, by id; no statement where there is no rule."""
        if not self.rules:
            return {}
        prefetch_related_objects(list(batch), "contact_points", "addresses", "organization")
        own, read, day = read_values(TARGET, [one.pk for one in batch]), target_called(TARGET).read, today()
        found: dict[int, list[ReadRule]] = {}
        for customer in batch:
            built_in = {f"{BUILT_IN}{code}": value for code, value in read(customer).items()}
            values = {**built_in, **own[customer.pk]}
            broken = [rule for rule in self.rules if is_true(rule.tree, values, self.fields, today=day)]
            if broken:
                found[customer.pk] = broken
        return found


def judge_now() -> Judge:
    """The rules as they stand: at most three statements."""
    # First the state, then the rules: what changes in between is looked at again, never missed.
    number = rules_number()
    rows = list(QualityRule.objects.filter(is_active=True))
    if not rows:
        return Judge(number, (), {})
    fields = condition_fields(TARGET)
    rules = []
    for row in rows:
        try:
            rules.append(ReadRule(row.pk, row.weight, parse(row.conditions, fields)))
        except DomainError:
            # It names a field that is out of use: the list of rules shows it.
            continue
    return Judge(number, tuple(rules), fields)


def rules_number() -> int:
    """How often the rules were changed."""
    return RulesState.objects.filter(pk=1).values_list("number", flat=True).first() or 0

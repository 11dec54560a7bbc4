"""Rules ask values at hand, segments ask the database: the same conditions must mean the same."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from halkhata.engines.segments.compiling import condition_fields, read_conditions
from halkhata.engines.segments.registry import Asking, all_fields
from halkhata.engines.segments.selectors.segments import customers_fitting
from halkhata.engines.segments.selectors.truth import lines_true_of
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.fields.conditions.evaluate import is_true
from halkhata.foundation.fields.conditions.tree import combine, lines_of
from halkhata.foundation.fields.selectors.values import read_values
from halkhata.foundation.fields.services.definitions import save_definition
from halkhata.records.customers.services.customers import create_customer

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


def line(field, op, value=None):
    return {"field": f"own:{field}", "op": op} | ({} if value is None else {"value": value})


LINES = st.one_of(
    st.builds(line, st.just("n"), st.sampled_from(["eq", "ne", "ge", "le"]), st.sampled_from(["5", "7.5", "9"])),
    st.just(line("n", "between", ["9", "6"])),
    st.builds(line, st.just("t"), st.sampled_from(["is", "is_not", "contains", "starts_with"]),
              st.sampled_from(["Bogura", "বগুড়া", "BO", "%", "_"])),
    st.builds(line, st.just("d"), st.sampled_from(["in_last_days", "not_in_last_days", "in_next_days"]),
              st.sampled_from([0, 3, 30])),
    st.builds(line, st.just("d"), st.sampled_from(["on", "on_or_before", "on_or_after"]), st.just("2026-11-20")),
    st.builds(line, st.just("c"), st.sampled_from(["is", "is_not"]), st.sampled_from(["tin", "flat"])),
    st.builds(line, st.just("s"), st.sampled_from(["has_any", "has_all", "has_none"]),
              st.lists(st.sampled_from(["home", "shop"]), min_size=1, max_size=2)),
    st.builds(line, st.just("y"), st.sampled_from(["yes", "not_yes"])),
    st.builds(line, st.sampled_from(["n", "t", "d", "c", "s", "y"]), st.just("empty")).filter(
        lambda made: made["field"] != "own:y"),
)  # fmt: skip
TREES = st.recursive(
    LINES,
    lambda inner: st.builds(
        lambda mode, nodes: {mode: nodes}, st.sampled_from(["all", "any", "none"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=6,
)  # fmt: skip
PEOPLE = (
    {},
    {"n": Decimal(5), "t": "Bogura", "d": TODAY, "c": "tin", "s": ["home"], "y": True},
    {
        "n": Decimal("7.5"), "t": "বগুড়া সদর", "d": TODAY - timedelta(days=30), "c": "flat", "s": ["home", "shop"],
        "y": False,
    },
    {"n": Decimal(9), "t": "50% _off", "d": TODAY + timedelta(days=3)},
    {"d": TODAY - timedelta(days=2), "t": "bo"},
)  # fmt: skip


@pytest.fixture
def people(shop):
    def make(code, kind, **more):
        save_definition(actor=shop.owner, target="customer", code=code, kind=kind, name_en=code, **more)

    make("n", "number")
    make("t", "text")
    make("d", "date")
    make("c", "choice", options=[("", "Tin"), ("", "Flat")])
    make("s", "several", options=[("", "Home"), ("", "Shop")])
    make("y", "yes_no")
    return [
        create_customer(actor=shop.owner, name_en=f"P{number}", phones=[f"0110000020{number}"], custom=values)
        for number, values in enumerate(PEOPLE)
    ]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=TREES)
def test_rules_and_segments_agree_about_everybody(people, data):
    try:
        tree = read_conditions(data)
    except DomainError as error:
        assert error.code == "conditions_too_long"  # noqa: PT017 - most trees are fine, some are too deep
        return
    fields = all_fields()
    known = condition_fields(fields)
    values = read_values("customer", [one.pk for one in people])
    by_rules = {
        one.pk
        for one in people
        if is_true(tree, {f"own:{code}": value for code, value in values[one.pk].items()}, known, today=TODAY)
    }
    assert set(customers_fitting(tree, at=TODAY).values_list("pk", flat=True)) == by_rules
    for one in people:
        truth = lines_true_of(one.pk, lines_of(tree), fields, Asking(today=TODAY, for_one=True))
        assert combine(tree, truth) == (one.pk in by_rules)

"""Conditions without code: reading, refusing, evaluating, and the form in which they are put together."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.fields.conditions.builder import draft_of, json_of, read_draft
from halkhata.foundation.fields.conditions.evaluate import is_true
from halkhata.foundation.fields.conditions.tree import ConditionField, as_json, lines_of, names_field, parse
from halkhata.foundation.fields.conditions.words import line_in_words, tree_in_words

TODAY = date(2026, 11, 22)
FIELDS = {
    one.code: one
    for one in (
        ConditionField(code="limit", label="Credit limit", kind="number"),
        ConditionField(code="licence", label="Trade licence", kind="text"),
        ConditionField(code="since", label="Since", kind="date"),
        ConditionField(code="roof", label="Roof", kind="choice", choices=(("tin", "টিন"), ("flat", "Flat"))),
        ConditionField(code="uses", label="Uses", kind="several", choices=(("home", "Home"), ("shop", "Shop"))),
        ConditionField(code="vip", label="VIP", kind="yes_no"),
    )
}


def line(field, op, value=None):
    return {"field": field, "op": op} | ({} if value is None else {"value": value})


def true_of(data, **values):
    return is_true(parse(data, FIELDS), values, FIELDS, today=TODAY)


def test_a_rule_of_a_credit_shop_reads_bengali_digits_and_holds():
    rule = {"all": [line("limit", "ge", "১,০০,০০০"), line("licence", "empty")]}
    assert true_of(rule, limit=Decimal("100000"))
    assert not true_of(rule, limit=Decimal("99999.99"))
    assert not true_of(rule, limit=Decimal("100000"), licence="TRAD/11/2026")


def test_nested_groups_mean_all_any_and_none():
    tree = {
        "all": [line("vip", "yes"), {"any": [line("roof", "is", "টিন"), {"none": [line("uses", "has_any", ["shop"])]}]}]
    }
    assert true_of(tree, vip=True, roof="tin", uses=("shop",))
    assert true_of(tree, vip=True, roof="flat", uses=("home",))
    assert not true_of(tree, vip=True, roof="flat", uses=("home", "shop"))
    assert not true_of(tree, roof="tin")


def words_of(tree):
    return tree_in_words(parse(tree, FIELDS), lambda one: line_in_words(one, FIELDS))


def test_words_of_conditions_say_how_each_group_counts():
    vip, tin, shop = line("vip", "yes"), line("roof", "is", "tin"), line("uses", "has_any", ["shop"])
    assert words_of({"all": [vip, tin]}) == ["VIP is yes", "Roof is: টিন"]
    assert words_of({"any": [vip]}) == ["VIP is yes"]
    assert words_of({"any": [vip, tin]}) == ["at least one of these is true: VIP is yes; Roof is: টিন"]
    assert words_of({"none": [vip]}) == ["none of these is true: VIP is yes"]
    assert words_of({"all": [vip, {"any": [tin, {"none": [shop]}]}]}) == [
        "VIP is yes",
        "at least one of these is true: Roof is: টিন; (none of these is true: Uses has one of: Shop)",
    ]


@pytest.mark.parametrize(
    ("op", "days", "offset", "expected"),
    [
        ("in_last_days", 30, 0, True), ("in_last_days", 30, -30, True), ("in_last_days", 30, -31, False),
        ("in_last_days", 30, 1, False), ("not_in_last_days", 30, -31, True), ("not_in_last_days", 30, -30, False),
        ("in_next_days", 7, 0, True), ("in_next_days", 7, 7, True), ("in_next_days", 7, 8, False),
    ],
)  # fmt: skip
def test_days_count_both_ends(op, days, offset, expected):
    assert true_of(line("since", op, days), since=TODAY + timedelta(days=offset)) is expected


def test_a_date_that_is_not_there_was_never_in_the_last_days():
    assert true_of(line("since", "not_in_last_days", 30))
    assert not true_of(line("since", "in_last_days", 30))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("x", "conditions_wrong"), ({}, "unknown_field"), ({"all": []}, "conditions_empty"),
        ({"all": [line("nobody", "is", "x")]}, "unknown_field"), (line("limit", "contains", "1"), "unknown_operator"),
        (line("limit", "ge", "viele"), "not_a_number"), (line("limit", "ge", ""), "value_missing"),
        (line("roof", "is", "straw"), "unknown_option"), (line("since", "in_last_days", "1.5"), "not_days"),
        (line("limit", "between", ["1"]), "not_a_pair"), ({"all": [line("vip", "yes")], "any": []}, "conditions_wrong"),
        ({"field": "vip", "op": "yes", "sql": "1=1"}, "conditions_wrong"),
        ({"all": [line("vip", "yes")] * 41}, "conditions_wrong"),
        ({"any": [{"all": [{"any": [{"all": [{"any": [line("vip", "yes")]}]}]}]}]}, "conditions_too_long"),
    ],
)  # fmt: skip
def test_what_means_nothing_is_refused_with_a_reason(data, code):
    with pytest.raises(DomainError) as refused:
        parse(data, FIELDS)
    assert refused.value.code == code


LINES = st.sampled_from(
    [
        line("limit", "ge", "5"), line("limit", "between", ["9", "3"]), line("licence", "contains", "ABC"),
        line("roof", "one_of", ["tin"]), line("uses", "has_all", ["home", "shop"]), line("vip", "not_yes"),
        line("since", "in_next_days", 3), line("licence", "filled"),
    ]
)  # fmt: skip
TREES = st.recursive(
    LINES, lambda inner: st.builds(lambda mode, nodes: {mode: nodes}, st.sampled_from(["all", "any", "none"]),
                           st.lists(inner, min_size=1, max_size=3)), max_leaves=8,
)  # fmt: skip


@given(TREES)
def test_reading_what_was_stored_gives_the_same_conditions(data):
    try:
        tree = parse(data, FIELDS)
    except DomainError as error:
        assert error.code == "conditions_too_long"  # noqa: PT017 - most trees are fine, some are too deep
        return
    assert parse(as_json(tree), FIELDS) == tree
    assert parse(json_of(draft_of(as_json(tree))), FIELDS) == tree
    assert all(names_field(data, one.field) for one in lines_of(tree))


def posted(**values):
    made = QueryDict(mutable=True)
    for name, value in values.items():
        made.setlist(name, value if isinstance(value, list) else [value])
    return made


def test_buttons_add_and_remove_lines_and_groups_without_a_script():
    form = {"c.mode": "any", "c.count": "2", "c.0.field": "vip", "c.0.op": "yes", "c.1.field": "roof",
            "c.1.op": "one_of", "c.1.value": ["tin", "flat"]}  # fmt: skip
    draft = read_draft(posted(**form))
    assert json_of(draft) == {"any": [line("vip", "yes"), line("roof", "one_of", ["tin", "flat"])]}
    assert len(read_draft(posted(**form, act="line:c")).nodes) == 3
    grown = read_draft(posted(**form, act="group:c"))
    assert (grown.nodes[2].mode, grown.nodes[2].path, grown.nodes[2].nodes[0].path) == ("any", "c.2", "c.2.0")
    left = read_draft(posted(**form, act="remove:c.0"))
    assert [node.code for node in left.nodes] == ["roof"]
    assert left.nodes[0].path == "c.0"


def test_a_form_that_was_tampered_with_stays_small():
    huge = read_draft(posted(**{"c.mode": "all", "c.count": "999"}))
    assert len(huge.nodes) == 40
    assert read_draft(posted(**{"c.mode": "drop table"})).mode == "all"

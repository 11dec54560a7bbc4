"""The shop's own rules of quality count in the score, in the list to mend and in the look of the month (E.2)."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.errors import DomainError, PermissionRefused
from halkhata.foundation.fields.services.definitions import save_definition
from halkhata.foundation.fields.services.values import write_values
from halkhata.records.customers.services.customers import create_customer, update_customer
from halkhata.records.data_quality.models import CustomerScore, QualityRule, RuleHit, RulesState
from halkhata.records.data_quality.selectors.hits import names_of_hits, rules_with_counts
from halkhata.records.data_quality.services.looking import look_at_changed, write_month
from halkhata.records.data_quality.services.own_rules import delete_rule, save_rule
from halkhata.records.data_quality.services.picking import draw_month

pytestmark = pytest.mark.django_db
NO_ENGLISH = {"all": [{"field": "=name_en", "op": "empty"}]}


def made(shop, **values):
    return save_rule(
        **{"actor": shop.owner, "name_en": "No English name", "conditions": NO_ENGLISH, "weight": 7, **values}
    )


@pytest.fixture
def people(shop):
    """One without an English name, one with."""
    bare = create_customer(actor=shop.agent, name_bn="রহিমা", phones=["01100000001"])
    return bare, create_customer(actor=shop.agent, name_bn="করিম", name_en="Karim", phones=["01100000002"])


def score(customer):
    return CustomerScore.objects.get(customer=customer).score


def test_rule_takes_its_points_off_and_says_why(shop, people):
    bare, whole = people
    look_at_changed()
    before = score(bare), score(whole)
    rule = made(shop)
    assert (score(bare), score(whole)) == before
    assert look_at_changed()["scored"] == 2
    assert (score(bare), score(whole)) == (before[0] - 7, before[1])
    assert names_of_hits([bare.pk, whole.pk]) == {bare.pk: ["No English name"]}
    assert rules_with_counts(shop.agent) == [(rule, 1)]
    assert write_month(date(2026, 11, 1)).gaps[f"rule:{rule.pk}"] == 1
    assert look_at_changed()["scored"] == 0


def test_score_never_falls_below_nothing(shop, people):
    made(shop, weight=100)
    look_at_changed()
    assert score(people[0]) == 0


def test_mended_record_leaves_the_list_and_gets_its_points_back(shop, people):
    bare = people[0]
    made(shop)
    look_at_changed()
    before = score(bare)
    bare.refresh_from_db()
    update_customer(actor=shop.agent, customer=bare, version=bare.version, name_en="Rahima")
    assert look_at_changed()["scored"] == 1
    assert (score(bare), RuleHit.objects.count()) == (before + 7, 0)


def test_change_of_a_rule_marks_the_book_by_one_row_and_its_name_does_not(shop, people):
    rule = made(shop)
    look_at_changed()
    state = RulesState.objects.get().number
    made(shop, rule=rule, name_bn="ইংরেজি নাম নেই")
    assert (RulesState.objects.get().number, look_at_changed()["scored"]) == (state, 0)
    made(shop, rule=rule, weight=20)
    assert RulesState.objects.get().number == state + 1
    assert look_at_changed()["scored"] == 2
    with CaptureQueriesContext(connection) as queries:
        made(shop, rule=rule, weight=21)
    assert not [one for one in queries if "data_quality_customerscore" in one["sql"]]


def test_rule_switched_off_or_deleted_counts_no_more(shop, people):
    look_at_changed()
    plain = score(people[0])
    rule = made(shop)
    look_at_changed()
    made(shop, rule=rule, is_active=False)
    assert (RuleHit.objects.count(), rules_with_counts(shop.agent)) == (0, [])
    look_at_changed()
    assert score(people[0]) == plain
    rule = made(shop, rule=rule)
    look_at_changed()
    delete_rule(actor=shop.owner, rule=rule)
    look_at_changed()
    assert (score(people[0]), RuleHit.objects.count(), QualityRule.objects.count()) == (plain, 0, 0)
    assert AuditEntry.objects.filter(action__startswith="quality_rule.").count() == 4


def test_rule_about_a_field_of_the_shop_and_without_it(shop, people):
    field = save_definition(actor=shop.owner, target="customer", code="licence", name_en="Licence")
    tree = {"any": [{"field": "licence", "op": "empty"}, {"field": "licence", "op": "is", "value": "none"}]}
    made(shop, conditions=tree)
    write_values(actor=shop.owner, target="customer", record_id=people[1].pk, values={"licence": "TL-12"})
    look_at_changed()
    assert list(RuleHit.objects.values_list("customer_id", flat=True)) == [people[0].pk]
    save_definition(actor=shop.owner, target="customer", definition=field, name_en="Licence", is_active=False)
    people[0].refresh_from_db()
    update_customer(actor=shop.agent, customer=people[0], version=people[0].version, note="x")
    look_at_changed()
    assert RuleHit.objects.count() == 0


@pytest.mark.parametrize(
    ("values", "code"),
    [({"name_en": ""}, "no_name"), ({"weight": 0}, "bad_weight"), ({"weight": 101}, "bad_weight"),
     ({"conditions": {"all": []}}, "conditions_empty"),
     ({"conditions": {"all": [{"field": "nothing", "op": "empty"}]}}, "unknown_field"),
     ({"conditions": {"all": [{"field": "day", "op": "in_last_days", "value": "3"}]}}, "relative_day")],
)  # fmt: skip
def test_what_is_no_rule_is_refused_and_nothing_is_marked(shop, values, code):
    save_definition(actor=shop.owner, target="customer", code="day", name_en="Day", kind="date")
    with pytest.raises(DomainError) as refused:
        made(shop, **values)
    assert refused.value.code == code
    assert (QualityRule.objects.count(), RulesState.objects.count()) == (0, 0)


def test_who_may_not_set_up_makes_no_rule_and_the_database_holds_the_weight(shop):
    with pytest.raises(PermissionRefused):
        made(shop, actor=shop.agent)
    assert QualityRule.objects.count() == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        QualityRule.objects.create(name_en="Too heavy", weight=101, conditions=NO_ENGLISH)


def test_look_costs_the_same_for_one_and_for_many(shop, people):
    made(shop)

    def statements():
        with CaptureQueriesContext(connection) as queries:
            look_at_changed()
        return len(queries)

    statements()
    create_customer(actor=shop.agent, name_bn="এক", phones=["01100000011"])
    one = statements()
    for number in range(9):
        create_customer(actor=shop.agent, name_bn="অনেক", phones=[f"011000001{number:02d}"])
    assert statements() == one


def test_rule_is_put_together_on_its_page(shop, people, client_as):
    client = client_as(shop.owner)
    typed = {"c.mode": "all", "c.count": "1", "c.0.field": "=name_en", "c.0.op": "empty"}
    more = client.post(reverse("data_quality:rule_new"), {**typed, "act": "line:c", "weight": "5"})
    assert (more.status_code, QualityRule.objects.count()) == (200, 0)
    assert "c.1.field" in more.content.decode()
    assert client.post(reverse("data_quality:rule_conditions"), typed).status_code == 200
    wrong = client.post(reverse("data_quality:rule_new"), {**typed, "name_en": "No English name", "weight": "200"})
    assert (wrong.status_code, QualityRule.objects.count()) == (422, 0)
    saved = client.post(
        reverse("data_quality:rule_new"), {**typed, "name_en": "No English name", "weight": "৫", "is_active": "on"}
    )
    assert saved.status_code == 302
    rule = QualityRule.objects.get()
    assert (rule.weight, rule.is_active, rule.conditions) == (5, True, NO_ENGLISH)
    assert "Counted tonight" in client.get(reverse("data_quality:rules")).content.decode()
    look_at_changed()
    write_month(date(2026, 11, 1))
    assert "Counted tonight" not in client.get(reverse("data_quality:rules")).content.decode()
    listed = client.get(reverse("data_quality:gaps"), {"rule": rule.pk}).content.decode()
    assert "No English name (1)" in listed
    assert f"/customers/{people[0].pk}/" in listed
    assert f"/customers/{people[1].pk}/" not in listed
    client.post(reverse("data_quality:rule_delete", args=[rule.pk]))
    assert QualityRule.objects.count() == 0


@pytest.mark.parametrize("name", ["overview", "gaps", "audit"])
def test_pages_cost_the_same_with_many_hits(shop, people, client_as, name):
    made(shop)
    look_at_changed()
    write_month(date(2026, 11, 1))
    draw_month(date(2026, 11, 1))
    client, url = client_as(shop.agent), reverse(f"data_quality:{name}")

    def statements():
        with CaptureQueriesContext(connection) as queries:
            page = client.get(url)
        assert "No English name" in page.content.decode()
        return len(queries)

    statements()
    before = statements()
    for number in range(8):
        create_customer(actor=shop.agent, name_bn="অনেক", phones=[f"011000001{number:02d}"])
        made(shop, name_en=f"No English name {number}")
    look_at_changed()
    assert statements() == before

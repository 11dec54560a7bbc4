"""Steps of the escalation for one category: what is part of it counts, and the more exact row is taken (US-10)."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from halkhata.desks.tickets.models import Category
from halkhata.desks.tickets.services.categories import save_category
from halkhata.desks.tickets.services.editing import change_ticket
from halkhata.desks.tickets.services.routing import team_for
from halkhata.desks.tickets.tests.conftest import make_ticket
from halkhata.engines.work.choices import EscalationTrigger
from halkhata.engines.work.models import EscalationFiring, EscalationRule, SlaPolicy
from halkhata.engines.work.selectors.promise_book import PromiseBook
from halkhata.engines.work.services.escalation import sweep_silence
from halkhata.engines.work.services.policies import save_rule
from halkhata.engines.work.services.promises import choose_policy, sweep_due
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.models import OutboxEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def cooling(desk):
    """A category with a part of it, and one beside it; no step of the escalation but those of the test."""
    EscalationRule.objects.all().delete()
    above = save_category(actor=desk.owner, name_en="Cooling")
    part = save_category(actor=desk.owner, name_en="Compressor", parent=above)
    return above, part, save_category(actor=desk.owner, name_en="Paint")


def rule(level=2, trigger="breach", threshold=0, **fields):
    return EscalationRule.objects.create(level=level, trigger=trigger, threshold=threshold, **fields)


def taken(ticket):
    return list(EscalationFiring.objects.filter(item=ticket).order_by("pk").values_list("level", "rule_id"))


def late(ticket):
    """The sweep, a moment after the first answer was due."""
    due = ticket.clocks.get(metric="first").due_at
    with time_machine.travel(due + timedelta(minutes=1), tick=False):
        sweep_due(now())


def test_step_of_a_category_is_taken_for_it_and_for_what_is_part_of_it_only(desk, rahima, cooling):
    above, part, beside = cooling
    step = rule(category=above.code)
    tickets = [make_ticket(desk, rahima, category=one) for one in (above, part, beside, None)]
    for ticket in tickets:
        late(ticket)
    assert [taken(ticket) for ticket in tickets] == [[(2, step.pk)], [(2, step.pk)], [], []]


def test_same_tickets_without_the_category_in_the_row_all_go_up(desk, rahima, cooling):
    step = rule()
    tickets = [make_ticket(desk, rahima, category=one) for one in (*cooling, None)]
    for ticket in tickets:
        late(ticket)
    assert [taken(ticket) for ticket in tickets] == [[(2, step.pk)]] * 4


def test_row_of_the_own_category_comes_before_that_of_what_it_is_part_of(desk, rahima, cooling):
    above, part, _beside = cooling
    wide, general, own = rule(category=above.code), rule(), rule(category=part.code)
    item = make_ticket(desk, rahima, category=part)
    found = PromiseBook().rules_for(item, EscalationTrigger.BREACH, metric="first")
    assert [row.pk for row in found] == [own.pk, wide.pk, general.pk]
    late(item)
    assert taken(item) == [(2, own.pk)]


def test_corrected_category_brings_its_steps(desk, rahima, cooling):
    above, _part, beside = cooling
    rule(category=above.code)
    ticket = make_ticket(desk, rahima, category=beside)
    late(ticket)
    assert taken(ticket) == []
    other = make_ticket(desk, rahima, category=beside)
    change_ticket(actor=desk.agent, ticket=other, category=above)
    late(other)
    assert [level for level, _rule in taken(other)] == [2]


def test_silence_of_a_category_takes_the_row_of_the_own_one(desk, rahima, cooling):
    above, part, beside = cooling
    wide, own = rule(2, "silence", 3, category=above.code), rule(2, "silence", 3, category=part.code)
    tickets = [make_ticket(desk, rahima, category=one) for one in (above, part, beside)]
    with time_machine.travel(now() + timedelta(days=4), tick=False):
        assert sweep_silence(now()) == 2
        assert sweep_silence(now()) == 0
    assert [taken(ticket) for ticket in tickets] == [[(2, wide.pk)], [(2, own.pk)], []]


def test_promise_for_a_category_counts_for_what_is_part_of_it(desk, rahima, cooling):
    above, part, beside = cooling
    policy = SlaPolicy.objects.create(name_en="Cool", position=1, conditions={"category": [above.code]})
    default = SlaPolicy.objects.get(is_default=True)
    for target in default.targets.all():
        target.pk, target.policy = None, policy
        target.save()
    found = [choose_policy(make_ticket(desk, rahima, category=one)).pk for one in (above, part, beside)]
    assert found == [policy.pk, policy.pk, default.pk]


def test_categories_of_many_tickets_cost_one_statement(desk, rahima, cooling):
    above, part, _beside = cooling
    rule(category=above.code)
    tickets = [make_ticket(desk, rahima, category=part) for _one in range(6)]

    def cost(items):
        book = PromiseBook()
        with CaptureQueriesContext(connection) as asked:
            book.learn(items)
            for item in items:
                book.rules_for(item, EscalationTrigger.BREACH)
        return len(asked)

    assert cost(tickets) == cost(tickets[:2])


def test_step_for_a_category_that_is_not_there_or_of_another_kind_is_refused(desk, cooling):
    for values in ({"category": "nothing"}, {"category": cooling[0].code, "kind": "follow_up"}):
        with pytest.raises(DomainError) as refused:
            save_rule(actor=desk.owner, rule=None, level=2, trigger="breach", **values)
        assert refused.value.code == "bad_category"
    assert not EscalationRule.objects.exists()
    made = save_rule(actor=SYSTEM, rule=None, level=2, trigger="breach", category=cooling[0].code)
    # Another category is another row; the same one again is not.
    save_rule(actor=SYSTEM, rule=None, level=2, trigger="breach", category=cooling[1].code)
    with pytest.raises(DomainError, match="rule_exists"):
        save_rule(actor=SYSTEM, rule=None, level=2, trigger="breach", category=cooling[0].code)
    Category.objects.filter(pk=cooling[0].pk).update(is_active=False)
    kept = save_rule(actor=SYSTEM, rule=made, level=3, trigger="breach", category=cooling[0].code)
    assert (kept.category, kept.level) == (cooling[0].code, 3)


def test_matrix_is_edited_by_category_on_its_page(desk, cooling, client_as):
    client = client_as(desk.owner)
    assert "Cooling" in client.get(reverse("work:rule_new")).content.decode()
    sent = client.post(
        reverse("work:rule_new"),
        {"level": 2, "trigger": "breach", "category": cooling[0].code, "notify": "on", "is_active": "on"},
    )
    assert sent.status_code == 302, sent.content.decode()[:2000]
    assert EscalationRule.objects.get().category == cooling[0].code
    assert "Cooling" in client.get(reverse("work:escalation")).content.decode()


def test_category_is_part_of_one_that_stands_by_itself_only(desk, cooling):
    above, part, beside = cooling
    before = list(Category.objects.values_list("pk", "parent_id"))
    cases = [(part, above), (part, beside), (above, above)]
    for parent, category in cases:
        with pytest.raises(DomainError) as refused:
            save_category(actor=desk.owner, category=category, name_en=category.name_en, parent=parent)
        assert refused.value.code == "bad_parent"
    with pytest.raises(DomainError):  # one with parts becomes no part itself
        save_category(actor=desk.owner, category=above, name_en="Cooling", parent=beside)
    assert list(Category.objects.values_list("pk", "parent_id")) == before
    with pytest.raises(IntegrityError), transaction.atomic():
        Category.objects.filter(pk=above.pk).update(parent=above)


def test_moving_a_category_brings_running_promises_in_line_and_the_page_says_where_it_is(desk, cooling, client_as):
    above, _part, beside = cooling
    told = OutboxEvent.objects.filter(name="promise.terms_changed")
    before = told.count()
    save_category(actor=desk.owner, category=beside, name_en="Paint", parent=above)
    assert told.count() == before + 1
    save_category(actor=desk.owner, category=Category.objects.get(pk=beside.pk), name_en="Paint 2", parent=above)
    assert told.count() == before + 1
    page = client_as(desk.owner).get(reverse("tickets:categories")).content.decode()
    assert page.count("part of Cooling") == 2


def test_part_without_a_team_goes_to_the_team_above(desk, cooling):
    above, part, _beside = cooling
    Category.objects.filter(pk=above.pk).update(team=desk.team)
    part.refresh_from_db()
    assert team_for(branch=desk.branch, category=part) == desk.team

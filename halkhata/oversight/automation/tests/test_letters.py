"""Letters a customer gets without anybody writing them: who looks after it, that it is late, that it is done (B.1)."""

from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from django.utils import translation

from halkhata.desks.feedback.models import Survey, SurveyInvitation
from halkhata.desks.feedback.services.asking import csat_survey
from halkhata.desks.tickets.models import Category
from halkhata.desks.tickets.services.answering import answer_ticket
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.desks.tickets.services.resolving import resolve_ticket
from halkhata.desks.tickets.services.states import reopen_ticket
from halkhata.desks.tickets.services.work import assign_ticket, set_ticket_priority
from halkhata.desks.tickets.tests.conftest import RESOLUTION
from halkhata.engines.messaging.models import Conversation, Delivery, Template
from halkhata.engines.messaging.services.defaults import create_default_templates
from halkhata.engines.messaging.services.suppression import suppress
from halkhata.engines.work.events import PromiseBroken
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.services.promises import sweep_due
from halkhata.foundation.core.clock import moved_to, now
from halkhata.foundation.core.jobs.worker import run_until_quiet
from halkhata.foundation.core.models import EventDelivery, Installation
from halkhata.foundation.core.outbox import publish
from halkhata.records.customers.models import ContactPoint
from halkhata.records.customers.services.contacts import add_contact_point

pytestmark = pytest.mark.django_db
# Sunday, 10 o'clock in Dhaka, the shop is open. At normal priority the first answer is promised for 12 o'clock, the
# solution after 22 working hours: 10 hours a day, so Tuesday at noon.
SUNDAY = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _quiet_worker():
    """What is prepared, not what is sent: jobs that would talk to a mail server stay in the queue."""
    with mock.patch("halkhata.foundation.core.jobs.worker.Worker._claim", return_value=[]):
        yield


@pytest.fixture(autouse=True)
def _texts(db):
    create_default_templates()


def at(**later):
    return moved_to(SUNDAY + timedelta(**later))


@pytest.fixture
def complaint(desk, rahima):
    """A complaint by mail, Sunday at ten, with its acknowledgement."""
    return complain(desk, rahima)


def complain(desk, customer, **values):
    with at():
        made = open_ticket(
            actor=None, subject="The fridge does not cool", description="Since Friday.", customer=customer,
            channel="email", branch=desk.branch, team=desk.team, owner=desk.agent, **values,
        )  # fmt: skip
        run_until_quiet()
    return made


def resolve(desk, ticket, **values):
    return resolve_ticket(
        actor=desk.agent, ticket=ticket, category=Category.objects.get(code="product-fault"),
        **{**RESOLUTION, "delay_reason": "staff_short", **values},
    )  # fmt: skip


def letters(*occasions):
    """The prepared letters as (occasion, text), oldest first; without names, all but the acknowledgement."""
    rows = Delivery.objects.filter(is_automatic=True).select_related("message").order_by("pk")
    told = [(row.cause.split(":")[2] if row.cause.startswith("ticket:") else "feedback", row.message) for row in rows]
    return [(code, message.text) for code, message in told if (code in occasions if occasions else code != "received")]


def switch_off(code, **which):
    Template.objects.filter(code=code, **which).update(is_active=False)


def tell_again():
    """Every event is delivered once more, as after a crash."""
    EventDelivery.objects.update(state=EventDelivery.PENDING, attempts=0, next_try_at=now())
    run_until_quiet()


# ------------------------------------------------------------------------------------------------ who looks after it
def test_owner_at_opening_stands_in_the_acknowledgement_and_in_no_second_letter(complaint):
    assert [code for code, _text in letters("received", "assigned")] == ["received"]
    assert "Rafi" in letters("received")[0][1]


def test_department_without_acknowledgement_tells_the_first_owner(desk, rahima):
    switch_off("received")
    complain(desk, rahima)
    [(code, text)] = letters("received", "assigned")
    assert code == "assigned"
    assert "Rafi is now looking after your complaint K-1001" in text
    assert "by Sunday, 22 November 2026, 12:00 pm" in text


def test_senders_that_are_machines_get_no_word_of_the_owner(desk, rahima):
    switch_off("received")
    complain(desk, rahima, acknowledge=False)
    assert letters() == []


def test_new_owner_is_told_once_however_often_it_is_delivered(desk, complaint):
    with at(minutes=20):
        assign_ticket(actor=desk.manager, ticket=complaint, owner=desk.agent2)
        run_until_quiet()
        assert [code for code, _text in letters()] == ["assigned"]
        assert "Mitu" in letters()[0][1]
        tell_again()
    assert len(letters()) == 1


def test_only_the_owner_who_stayed_is_told(desk, complaint):
    with at(minutes=20):
        assign_ticket(actor=desk.manager, ticket=complaint, owner=desk.agent2)
        assign_ticket(actor=desk.manager, ticket=complaint, owner=desk.lead)
        run_until_quiet()
    [(_code, text)] = letters()
    assert "Lead" in text


def test_owner_changed_after_the_end_is_nobodys_news(desk, complaint):
    with at(minutes=20):
        switch_off("resolved")
        switch_off("feedback")
        resolve(desk, complaint)
        assign_ticket(actor=desk.manager, ticket=complaint, owner=desk.agent2)
        run_until_quiet()
    assert letters() == []


# ------------------------------------------------------------------------------------------------ late
def break_first_promise(*, minutes=121):
    with at(minutes=minutes):
        sweep_due(now())
        run_until_quiet()


def test_broken_promise_says_sorry_and_the_time_that_is_promised_still(complaint):
    break_first_promise()
    [(code, text)] = letters()
    assert code == "delayed"
    assert "We are sorry." in text
    # The solution is promised for Tuesday noon, and a clock runs towards it: no task is needed.
    assert "by Tuesday, 24 November 2026, 12:00 pm" in text
    assert not WorkItem.objects.filter(kind="follow_up").exists()
    with at(minutes=122):
        tell_again()
    assert len(letters()) == 1


def test_bengali_customer_reads_bengali_words_and_digits_or_the_shops_own(desk, rahima):
    type(rahima).objects.update(language="bn")
    rahima.refresh_from_db()
    complain(desk, rahima)
    break_first_promise()
    text = letters()[0][1]
    assert "আমরা দুঃখিত" in text
    assert "২৪ নভেম্বর ২০২৬" in text
    assert "ক-১০০১" in text
    Installation.objects.update(digits="latin")
    with at(days=5):
        complain(desk, rahima)
    break_first_promise()
    assert "24 নভেম্বর 2026" in letters()[-1][1]


def test_last_broken_promise_gives_a_new_time_and_somebody_a_task_for_it(desk, complaint):
    switch_off("delayed")
    break_first_promise()
    Template.objects.filter(code="delayed").update(is_active=True)
    with at(days=2, hours=2, minutes=1):  # Tuesday, a minute past noon
        sweep_due(now())
        run_until_quiet()
    [(_code, text)] = letters()
    # Four working hours from 12:01, with an hour of lunch between.
    assert "by Tuesday, 24 November 2026, 5:01 pm" in text
    task = WorkItem.objects.get(kind="follow_up")
    assert (task.owner, task.parent_id) == (desk.agent, complaint.pk)
    assert task.planned_at == datetime(2026, 11, 24, 11, 1, tzinfo=UTC)


def test_one_apology_a_day_is_enough(complaint):
    break_first_promise()
    with at(hours=20):
        WorkItem.objects.get(pk=complaint.pk).clocks.filter(metric="resolution").update(
            due_at=now() - timedelta(minutes=1), next_check_at=now()
        )
        EventDelivery.objects.all().delete()
        publish(
            PromiseBroken(
                item_id=complaint.pk, number=complaint.number, kind=complaint.kind, metric="resolution", cycle=1,
                due_at=now(), owner_id=complaint.owner_id, team_id=complaint.team_id, branch_id=complaint.branch_id,
                policy_id=None, policy_version=1, answered=False,
            )
        )  # fmt: skip
        run_until_quiet()
    assert len(letters()) == 1


def test_nobody_apologises_for_what_was_answered_before_the_letter(desk, complaint):
    with at(minutes=121):
        sweep_due(now())
        answer_ticket(actor=desk.agent, ticket=complaint, text="The mechanic comes at four.")
        run_until_quiet()
    assert letters() == []


def test_nobody_apologises_after_the_end(desk, complaint):
    switch_off("resolved")
    switch_off("feedback")
    with at(minutes=121):
        sweep_due(now())
        resolve(desk, complaint)
        run_until_quiet()
    assert letters() == []


def test_customer_abroad_reads_the_own_time(desk, rahima):
    ContactPoint.objects.filter(customer=rahima, kind="phone").delete()
    add_contact_point(actor=desk.agent, customer=rahima, kind="phone", typed="+44 20 7946 0000", primary=True)
    complain(desk, rahima)
    break_first_promise()
    assert "by Tuesday, 24 November 2026, 6:00 am (UTC+0)" in letters()[0][1]


def test_lower_priority_tells_the_later_time_once(desk, complaint):
    with at(minutes=30):
        set_ticket_priority(actor=desk.lead, ticket=complaint, priority="low")
        run_until_quiet()
        [(code, text)] = letters()
        assert code == "delayed"
        # Eight working hours from ten o'clock with the lunch between: seven in the evening.
        assert "by Sunday, 22 November 2026, 7:00 pm" in text
        tell_again()
        assert len(letters()) == 1


def test_higher_priority_is_no_delay(desk, complaint):
    with at(minutes=30):
        set_ticket_priority(actor=desk.lead, ticket=complaint, priority="urgent")
        run_until_quiet()
    assert letters() == []


# ------------------------------------------------------------------------------------------------ done
def test_resolved_tells_what_was_done_and_asks_in_the_same_letter(desk, complaint):
    with at(hours=1):
        resolve(desk, complaint)
        run_until_quiet()
        [(code, text)] = letters()
        assert code == "resolved"
        assert "What we did: Compressor replaced\nHow it was made good: Repaired" in text
        assert "How satisfied are you with how we handled it?\nhttp" in text
        assert "/c/s/" in text
        tell_again()
        assert len(letters()) == 1
    assert SurveyInvitation.objects.count() == 1


def test_text_that_places_the_link_itself_has_it_there_and_once(desk, complaint):
    Template.objects.filter(code="resolved", language="en").update(body="Done. {{ text }}\n\nTell us: {{ link }}")
    with at(hours=1):
        resolve(desk, complaint)
        run_until_quiet()
    text = letters()[0][1]
    assert "Tell us: http" in text
    assert text.count("/c/s/") == 1
    assert "How satisfied" not in text


@pytest.mark.parametrize("why", ["survey off", "asked lately", "feedback text off"])
def test_resolved_without_a_question_when_nobody_is_to_be_asked(desk, complaint, why):
    csat_survey()
    if why == "survey off":
        Survey.objects.update(is_active=False)
    elif why == "feedback text off":
        switch_off("feedback")
    else:
        with at(minutes=5):
            resolve(desk, complaint)
            run_until_quiet()
            reopen_ticket(actor=desk.agent, ticket=complaint)
            run_until_quiet()
    with at(hours=1):
        resolve(desk, complaint)
        run_until_quiet()
    code, text = letters()[-1]
    assert code == "resolved"
    assert "/c/s/" not in text
    assert "How satisfied" not in text


def test_department_that_does_not_tell_resolved_still_asks(desk, complaint):
    switch_off("resolved")
    with at(hours=1):
        resolve(desk, complaint)
        run_until_quiet()
    [(code, text)] = letters()
    assert code == "feedback"
    assert "/c/s/" in text


def test_resolving_undone_before_anybody_heard_of_it_tells_nothing(desk, complaint):
    with at(hours=1):
        resolve(desk, complaint)
        reopen_ticket(actor=desk.agent, ticket=complaint)
        run_until_quiet()
    assert letters() == []


# ------------------------------------------------------------------------------------------------ for all of them
def each_occasion(desk, ticket):
    with at(minutes=20):
        assign_ticket(actor=desk.manager, ticket=ticket, owner=desk.agent2)
        run_until_quiet()
    break_first_promise()
    with at(hours=3):
        resolve_ticket(
            actor=desk.agent2, ticket=ticket, category=Category.objects.get(code="product-fault"),
            delay_reason="staff_short", **RESOLUTION,
        )  # fmt: skip
        run_until_quiet()


def test_all_three_go_where_they_are_on(desk, complaint):
    each_occasion(desk, complaint)
    assert [code for code, _text in letters()] == ["assigned", "delayed", "resolved"]


def test_department_with_a_text_switched_off_sends_none_although_the_common_one_is_on(desk, complaint):
    for code in ("assigned", "delayed", "resolved", "feedback"):
        Template.objects.create(
            code=code, team=desk.team, channel="email", language="en", subject="Own", body="Own", is_active=False
        )
    each_occasion(desk, complaint)
    assert letters() == []


def test_customer_without_an_address_leaves_no_line_of_letters_not_sent(desk, rahima):
    rahima.contact_points.filter(kind="email").delete()
    with at():
        ticket = open_ticket(
            actor=None, subject="The fridge", description="", customer=rahima, channel="phone", branch=desk.branch,
            team=desk.team, owner=desk.agent, acknowledge=False,
        )  # fmt: skip
        run_until_quiet()
    each_occasion(desk, ticket)
    assert letters() == []


def test_letter_that_still_waits_when_the_ticket_ends_stays_here(desk, complaint):
    """The mail server was away for hours."""
    each_occasion(desk, complaint)
    states = {row.cause.split(":")[2]: (row.state, row.block_reason) for row in Delivery.objects.all()}
    assert states["assigned"] == states["delayed"] == ("blocked", "overtaken")
    assert states["received"] == states["resolved"] == ("queued", "")


def test_letter_on_its_way_goes_its_way(desk, complaint):
    with at(minutes=20):
        assign_ticket(actor=desk.manager, ticket=complaint, owner=desk.agent2)
        run_until_quiet()
        Delivery.objects.filter(cause__contains=":assigned:").update(state="sending", lease_until=now())
        resolve_ticket(
            actor=desk.agent2, ticket=complaint, category=Category.objects.get(code="product-fault"), **RESOLUTION
        )
        run_until_quiet()
    assert Delivery.objects.get(cause__contains=":assigned:").state == "sending"


def test_undeliverable_address_and_machine_on_the_other_side_keep_it_back_with_the_reason(desk, complaint):
    suppress(address="rahima@example.com", reason="5.1.1 no such user")
    with at(minutes=20):
        assign_ticket(actor=desk.manager, ticket=complaint, owner=desk.agent2)
        run_until_quiet()
    Conversation.objects.filter(item_id=complaint.pk).update(automatic_mail_stopped_at=SUNDAY)
    break_first_promise()
    rows = Delivery.objects.exclude(cause__endswith=":received").order_by("pk")
    assert [(row.state, row.block_reason) for row in rows] == [("blocked", "suppressed"), ("blocked", "loop")]
    # Nothing was promised to anybody, so nobody has to keep it.
    assert not WorkItem.objects.filter(kind="follow_up").exists()


@pytest.mark.parametrize(
    ("language", "title", "greeting"),
    [
        ("en", "mr", "Mr Rahima Test,"),
        ("en", "bhai", "Rahima Test Bhai,"),  # kinship follows the name
        ("bn", "janab", "প্রিয় জনাব রহিমা,"),
        ("bn", "apa", "প্রিয় রহিমা আপা,"),
    ],
)
def test_title_is_the_customers_in_the_customers_language_whoever_reads_first(desk, rahima, language, title, greeting):
    type(rahima).objects.update(language=language, honorific=title, name_bn="রহিমা")
    rahima.refresh_from_db()
    with translation.override("en" if language == "bn" else "bn"):
        assert rahima.addressed_as not in greeting  # a page in the other language was made of the same object
        complain(desk, rahima)
    assert letters("received")[0][1].startswith(greeting)

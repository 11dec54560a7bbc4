"""Merging tickets: one story, one promise, and back again exactly (A52.14)."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from halkhata.desks.tickets.models import Resolution, Ticket
from halkhata.desks.tickets.services.answering import add_internal_note, answer_ticket
from halkhata.desks.tickets.services.merging import merge_tickets, unmerge_ticket
from halkhata.desks.tickets.services.resolving import resolve_ticket
from halkhata.desks.tickets.services.states import change_ticket_state, close_ticket
from halkhata.desks.tickets.services.work import set_ticket_priority
from halkhata.desks.tickets.tests.conftest import RESOLUTION, make_ticket
from halkhata.engines.messaging.models import Conversation, Delivery, FollowedMail, Message, MessageAttachment
from halkhata.engines.messaging.selectors.thread import thread_page
from halkhata.engines.messaging.services.conversations import add_customer_message
from halkhata.engines.messaging.services.inbound import ingest
from halkhata.engines.messaging.tests.mails import raw_mail
from halkhata.engines.work.models import ChecklistItem, EscalationFiring, ItemMerge, SlaClock, SlaWarning, WorkItem
from halkhata.engines.work.services.promises import sweep_due
from halkhata.foundation.core import clock
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from halkhata.records.customers.services.customers import create_customer

pytestmark = pytest.mark.django_db
# A Sunday at ten in Dhaka: the shop of the tests is open until one, and from two to eight.
MORNING = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def at(**later):
    return clock.moved_to(MORNING + timedelta(**later))


def fresh(ticket):
    return Ticket.objects.get(pk=ticket.pk)


def digest(*, without=()):
    """Every row a merge may touch, but for what only ever counts on: versions, and when somebody last did something."""
    rows = {}
    for model in (
        Ticket, Resolution, SlaClock, SlaWarning, ChecklistItem, EscalationFiring, Conversation, Message,
        MessageAttachment, Delivery, FollowedMail,
    ):  # fmt: skip
        rows[model.__name__] = [
            {name: value for name, value in row.items() if name not in {"version", "last_activity_at", *without}}
            for row in model.objects.order_by("pk").values()
        ]
    return rows


def customer_writes(ticket, text="Again", **values):
    return add_customer_message(
        actor=None, item=fresh(ticket), channel="email", text=text, from_address="rahima@example.com", **values
    )


def clocks(ticket):
    rows = SlaClock.objects.filter(item=ticket).order_by("metric", "cycle")
    return {(row.metric, row.cycle): (row.state, row.started_at, row.due_at) for row in rows}


@pytest.fixture
def pair(desk, rahima):
    """Two tickets about one fridge: the first by phone at ten, the second by phone at half past ten."""
    with at():
        first = make_ticket(desk, rahima, "The fridge does not cool")
    with at(minutes=30):
        second = make_ticket(desk, rahima, "My fridge is warm")
    return SimpleNamespace(first=first, second=second, actor=desk.agent, desk=desk)


def test_survivor_shows_all_messages_in_the_order_of_time_and_the_merged_one_points_to_it(pair):
    with at(minutes=40):
        customer_writes(pair.first, "Any news?")
    with at(minutes=50):
        customer_writes(pair.second, "Hello?")
        merge_tickets(actor=pair.actor, ticket=pair.second, into=pair.first)
    texts = [entry.text for entry in thread_page(fresh(pair.first), viewer=pair.actor)]
    assert texts == ["The fridge does not cool", "My fridge is warm", "Any news?", "Hello?"]
    merged = fresh(pair.second)
    assert (merged.state, merged.state_flag, merged.merged_into_id) == ("merged", "resolved", pair.first.pk)


def test_earlier_promise_holds_whichever_of_the_two_survives(pair):
    due = clocks(pair.first)["first", 1][2]
    with at(minutes=45):
        merge_tickets(actor=pair.actor, ticket=pair.first, into=pair.second)
    assert clocks(pair.second)["first", 1] == ("running", MORNING, due)
    assert {row[0] for row in clocks(pair.first).values()} == {"merged"}
    assert fresh(pair.second).next_due_at == due
    assert fresh(pair.first).next_due_at is None


def test_second_contact_after_an_answer_waits_for_the_next_answer(pair):
    with at(minutes=10):
        answer_ticket(actor=pair.actor, ticket=pair.first, text="We come.")
    with at(minutes=45):
        merge_tickets(actor=pair.actor, ticket=pair.second, into=pair.first)
    assert clocks(pair.first)["first", 1][0] == "met"
    assert clocks(pair.first)["next", 1][:2] == ("running", MORNING + timedelta(minutes=30))


def test_priority_is_the_higher_of_the_two_and_goes_back_with_the_merge(pair):
    with at(minutes=31):
        set_ticket_priority(actor=pair.actor, ticket=pair.second, priority="high")
        merge_tickets(actor=pair.actor, ticket=pair.second, into=pair.first)
        assert fresh(pair.first).priority == "high"
        unmerge_ticket(actor=pair.actor, ticket=fresh(pair.second))
    assert fresh(pair.first).priority == "normal"


def test_solved_ticket_merged_in_brings_no_old_promise_along(pair):
    with at(minutes=35):
        resolve_ticket(actor=pair.actor, ticket=pair.first, category=category(), **RESOLUTION)
        before = clocks(pair.second)
        merge_tickets(actor=pair.actor, ticket=pair.first, into=pair.second)
    assert clocks(pair.second) == before


def test_merged_clocks_are_neither_kept_nor_late_however_late_it_gets(pair):
    with at(minutes=40):
        merge_tickets(actor=pair.actor, ticket=pair.second, into=pair.first)
    with at(days=3):
        sweep_due(clock.now())
    assert {row[0] for row in clocks(pair.second).values()} == {"merged"}
    assert {row[0] for row in clocks(pair.first).values()} == {"breached"}


def test_nothing_can_be_done_on_a_merged_ticket(pair):
    merge_tickets(actor=pair.actor, ticket=pair.second, into=pair.first)
    before = digest()
    for act in (
        lambda: answer_ticket(actor=pair.actor, ticket=pair.second, text="x"),
        lambda: add_internal_note(actor=pair.actor, ticket=pair.second, text="x"),
        lambda: change_ticket_state(actor=pair.actor, ticket=pair.second, state="open"),
        lambda: merge_tickets(actor=pair.actor, ticket=pair.second, into=pair.first),
        lambda: merge_tickets(actor=pair.actor, ticket=pair.first, into=pair.second),
    ):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.code == "merged"
    assert digest() == before


def test_other_customers_ticket_needs_a_clear_word(pair):
    other = make_ticket(pair.desk, create_customer(actor=pair.actor, name_en="Karim Test", phones=["01100000009"]))
    before = digest()
    with pytest.raises(DomainError) as refused:
        merge_tickets(actor=pair.actor, ticket=other, into=pair.first)
    assert (refused.value.code, digest()) == ("other_customer", before)
    merge_tickets(actor=pair.actor, ticket=other, into=pair.first, other_customer_is_right=True)
    assert fresh(other).merged_into_id == pair.first.pk


def test_closed_ended_and_same_ticket_are_refused(pair):
    for code, ticket, into in (("merge_same", pair.first, pair.first),):
        with pytest.raises(Conflict) as refused:
            merge_tickets(actor=pair.actor, ticket=ticket, into=into)
        assert refused.value.code == code
    resolve_ticket(
        actor=pair.actor, ticket=pair.first, category=category(), told_at=fresh(pair.first).opened_at, **RESOLUTION
    )
    with pytest.raises(Conflict) as refused:
        merge_tickets(actor=pair.actor, ticket=pair.second, into=pair.first)
    assert refused.value.code == "survivor_is_over"
    ChecklistItem.objects.filter(item=pair.first).delete()
    close_ticket(actor=pair.actor, ticket=pair.first)
    with pytest.raises(Conflict) as refused:
        merge_tickets(actor=pair.actor, ticket=pair.first, into=pair.second)
    assert refused.value.code == "closed"


def test_rights_and_reach_are_asked_of_both(pair):
    from tests.support.fixtures_shop import make_role, make_user

    reader = make_user(
        "reader", branch=pair.desk.branch, role=make_role("r", level=1, scope="branch", permissions=["ticket.view"])
    )
    own = make_user(
        "own",
        branch=pair.desk.branch,
        role=make_role("o", level=1, scope="own", permissions=["ticket.view", "ticket.edit"]),
    )
    before = digest()
    with pytest.raises(PermissionRefused):
        merge_tickets(actor=reader, ticket=pair.second, into=pair.first)
    Ticket.objects.filter(pk=pair.second.pk).update(owner=own)
    before = digest()
    with pytest.raises(NotFound):
        merge_tickets(actor=own, ticket=pair.second, into=pair.first)
    assert digest() == before


def test_stale_page_merges_nothing(pair):
    version = fresh(pair.first).version
    add_internal_note(actor=pair.actor, ticket=pair.first, text="meanwhile")
    with pytest.raises(Conflict) as refused:
        merge_tickets(actor=pair.actor, ticket=pair.second, into=pair.first, into_version=version)
    assert refused.value.code == "changed_meanwhile"


def test_mail_to_the_merged_ticket_follows_to_the_survivor_and_returns_with_the_undo(pair, shop):
    answer = answer_ticket(actor=pair.actor, ticket=pair.second, text="We come.")
    merge_tickets(actor=pair.actor, ticket=pair.second, into=pair.first)
    for number, headers in enumerate(
        ({"in_reply_to": answer.message_id}, {"subject": f"Re: [{pair.second.number}] fridge"}), start=1
    ):
        result = ingest(reply_mail(f"Still warm {number}", number=number, **headers))
        assert (result.outcome, result.ticket) == ("reply_added", pair.first.number)
    for_survivor = ingest(reply_mail("Come soon", number=9, subject=f"Re: [{pair.first.number}]"))
    assert for_survivor.ticket == pair.first.number
    unmerge_ticket(actor=pair.actor, ticket=fresh(pair.second))
    texts = [entry.text for entry in thread_page(fresh(pair.second), viewer=pair.actor)]
    assert texts[-2:] == ["Still warm 1", "Still warm 2"]
    assert [entry.text for entry in thread_page(fresh(pair.first), viewer=pair.actor)][-1] == "Come soon"
    # It waits for an answer where it is now, and no longer where it was.
    assert clocks(pair.second)["next", 1][0] == "running"
    assert not FollowedMail.objects.exists()


def test_mail_of_the_merged_tickets_customer_reaches_the_survivor_of_another_customer(pair):
    karim = create_customer(actor=pair.actor, name_en="Karim Test", emails=["karim@example.com"])
    other = make_ticket(pair.desk, karim)
    merge_tickets(actor=pair.actor, ticket=other, into=pair.first, other_customer_is_right=True)
    for number, tag in enumerate((other.number, pair.first.number), start=1):
        mail = reply_mail(f"It is Karim {number}", number=number, sender="karim@example.com", subject=f"Re: [{tag}]")
        assert ingest(mail).ticket == pair.first.number
    assert Message.objects.filter(customer=karim, conversation__item=pair.first, text="It is Karim 1").exists()


def test_chain_leads_to_the_last_survivor_and_is_undone_link_by_link(pair):
    with at(minutes=40):
        third = make_ticket(pair.desk, pair.first.customer, "And it is loud")
    start = digest()
    with at(minutes=50):
        merge_tickets(actor=pair.actor, ticket=third, into=pair.second)
        merge_tickets(actor=pair.actor, ticket=pair.second, into=pair.first)
        assert fresh(third).merged_into_id == pair.first.pk
        assert len(thread_page(fresh(pair.first), viewer=pair.actor)) == 3
        unmerge_ticket(actor=pair.actor, ticket=fresh(pair.second))
        assert fresh(third).merged_into_id == pair.second.pk
        unmerge_ticket(actor=pair.actor, ticket=fresh(third))
    assert digest() == start
    with at(minutes=51):
        merge_tickets(actor=pair.actor, ticket=third, into=pair.second)
        merge_tickets(actor=pair.actor, ticket=pair.second, into=pair.first)
        unmerge_ticket(actor=pair.actor, ticket=fresh(third))
        unmerge_ticket(actor=pair.actor, ticket=fresh(pair.second))
    assert digest() == start


def test_undo_after_thirty_days_or_twice_is_refused(pair):
    with at(hours=1):
        merge_tickets(actor=pair.actor, ticket=pair.second, into=pair.first)
    with at(days=30, hours=2), pytest.raises(Conflict) as refused:
        unmerge_ticket(actor=pair.actor, ticket=fresh(pair.second))
    assert refused.value.code == "undo_too_late"
    with at(days=30):
        unmerge_ticket(actor=pair.actor, ticket=fresh(pair.second))
        with pytest.raises(Conflict) as refused:
            unmerge_ticket(actor=pair.actor, ticket=fresh(pair.second))
    assert refused.value.code == "not_merged"


def test_database_itself_refuses_rings_doubles_and_self(pair):
    merge_tickets(actor=pair.actor, ticket=pair.second, into=pair.first)
    ids = {"by": None, "at": clock.now(), "before": {}}
    for merged, survivor in (
        (pair.first.pk, pair.first.pk),
        (pair.first.pk, pair.second.pk),  # a ring
        (pair.second.pk, pair.first.pk),  # a second standing one
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            ItemMerge.objects.create(merged_id=merged, survivor_id=survivor, **ids)
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkItem.objects.filter(pk=pair.first.pk).update(
            merged_into_id=pair.first.pk, state_flag="resolved", resolved_at=clock.now()
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkItem.objects.filter(pk=pair.second.pk).update(state_flag="open")


ACTS = st.lists(
    st.sampled_from(["first writes", "second writes", "first answered", "second answered", "first waits",
                     "second waits", "second urgent", "first low", "time", "first solved", "second solved", "sweep"]),
    max_size=7,
)  # fmt: skip


@settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(acts=ACTS, other_way=st.booleans())
def test_whatever_was_before_a_merge_is_again_after_its_undo(pair, acts, other_way):
    with transaction.atomic():
        moment = MORNING + timedelta(minutes=31)
        for act in acts:
            moment += timedelta(minutes=7)
            with clock.moved_to(moment):
                moment = _do(pair, act, moment)
        with clock.moved_to(moment + timedelta(seconds=1)):
            sweep_due(clock.now())
            source, target = (pair.first, pair.second) if other_way else (pair.second, pair.first)
            before = digest()
            if fresh(target).state_flag == "resolved" and fresh(source).state_flag != "resolved":
                with pytest.raises(Conflict, match="survivor_is_over"):
                    merge_tickets(actor=pair.actor, ticket=source, into=target)
            else:
                merge_tickets(actor=pair.actor, ticket=source, into=target)
                assert digest() != before
                # Of two changes of a priority in one instant the stricter holds, so the undo comes a moment later.
                with clock.moved_to(moment + timedelta(seconds=2)):
                    unmerge_ticket(actor=pair.actor, ticket=fresh(source))
            assert digest() == before
        transaction.set_rollback(True)


def _do(pair, act, moment):
    which, _space, what = act.partition(" ")
    ticket = {"first": pair.first, "second": pair.second}.get(which)
    if act == "time":
        return moment + timedelta(hours=3)
    if act == "sweep":
        sweep_due(moment)
    elif what == "writes":
        customer_writes(ticket)
    elif what == "answered":
        answer_ticket(actor=pair.actor, ticket=ticket, text="We come.")
    elif what in {"urgent", "low"}:
        set_ticket_priority(actor=pair.actor, ticket=ticket, priority=what)
    elif fresh(ticket).state_flag != "resolved":
        if what == "waits":
            if fresh(ticket).state != "waiting_customer":
                change_ticket_state(actor=pair.actor, ticket=ticket, state="waiting_customer")
        else:
            resolve_ticket(
                actor=pair.actor, ticket=ticket, category=category(), delay_reason="part_missing", **RESOLUTION
            )
    return moment


def category():
    from halkhata.desks.tickets.models import Category

    return Category.objects.get(code="product-fault")


def reply_mail(text, *, number, sender="rahima@example.com", subject="Re: fridge", **headers):
    named = {name.replace("_", "-").title(): value for name, value in headers.items()}
    return raw_mail(text, sender=sender, subject=subject, to="care@example.com", number=number, **named)

"""A note that the customer can read: sent to nobody, and an answer only where the policy says so (A51.6, A52.18)."""

from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.db import IntegrityError, transaction

from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.services.answering import add_internal_note, add_public_note, answer_ticket
from halkhata.desks.tickets.services.merging import merge_tickets
from halkhata.desks.tickets.services.resolving import resolve_ticket
from halkhata.desks.tickets.services.states import close_ticket
from halkhata.desks.tickets.tests.conftest import RESOLUTION, make_ticket
from halkhata.desks.tickets.tests.test_states import category, strip
from halkhata.engines.messaging.models import Delivery, Message
from halkhata.engines.messaging.selectors.thread import thread_of
from halkhata.engines.messaging.services import public_notes
from halkhata.engines.messaging.services.conversations import add_customer_message, log_call
from halkhata.engines.work.models import SlaClock, SlaPolicy, WorkEvent
from halkhata.engines.work.services.items import record_event
from halkhata.engines.work.services.promises import recompute_unfinished
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused
from halkhata.records.customers.models import Activity
from halkhata.records.privacy.services.exporting import rows_for_export

pytestmark = pytest.mark.django_db

WORDS = "The compressor is ordered."


def switch(on: bool) -> None:
    SlaPolicy.objects.update(notes_count_as_answer=on)


def states(ticket):
    return list(ticket.clocks.order_by("metric", "cycle").values_list("metric", "cycle", "state", "stopped_at"))


def test_public_note_is_sent_to_nobody_and_stands_marked_in_the_thread(desk, ticket, client_as):
    message = add_public_note(actor=desk.agent, ticket=ticket, text=WORDS)
    assert (message.direction, message.channel, message.is_public, message.to_addresses) == (
        "note",
        "internal",
        True,
        [],
    )
    assert not Delivery.objects.exists()
    assert WorkEvent.objects.get(item=ticket, kind="note").data == {"message": message.pk, "public": True}
    assert AuditEntry.objects.filter(action="message.public_note").count() == 1
    assert Activity.objects.filter(verb="message.public_note", customer=ticket.customer).count() == 1
    page = BeautifulSoup(client_as(desk.agent).get(f"/tickets/{ticket.number}/").content, "html.parser")
    line = page.select_one(f"#message-{message.pk}")
    assert line.select_one(".hk-bubble.is-public").text == WORDS
    assert "Public note" in line.text
    assert "Internal note" not in line.text


def test_public_note_changes_no_clock_while_the_switch_is_off(desk, ticket):
    before, silent_since = states(ticket), Ticket.objects.get().last_update_at
    with time_machine.travel(now() + timedelta(minutes=7), tick=False):
        add_public_note(actor=desk.agent, ticket=ticket, text=WORDS)
    assert states(ticket) == before
    assert ticket.state == "new"
    assert [state for _metric, _cycle, state, _at in before] == ["running", "running"]
    fresh = Ticket.objects.get()
    assert (fresh.first_response_at, fresh.last_update_at) == (None, silent_since)


def test_public_note_keeps_the_first_and_the_next_promise_where_the_switch_is_on(desk, ticket):
    switch(on=True)
    first = now() + timedelta(minutes=7)
    with time_machine.travel(first, tick=False):
        add_public_note(actor=desk.agent, ticket=ticket, text=WORDS)
    clock = SlaClock.objects.get(item=ticket, metric="first")
    assert (clock.state, clock.stopped_at) == ("met", first)
    assert (ticket.first_response_at, ticket.last_update_at, ticket.state) == (first, first, "new")
    with time_machine.travel(first + timedelta(minutes=1), tick=False):
        add_customer_message(actor=None, item=ticket, channel="phone", text="And now?")
    assert SlaClock.objects.get(item=ticket, metric="next").state == "running"
    second = first + timedelta(minutes=9)
    with time_machine.travel(second, tick=False):
        add_public_note(actor=desk.agent, ticket=ticket, text="It came.")
    clock = SlaClock.objects.get(item=ticket, metric="next")
    assert (clock.state, clock.stopped_at) == ("met", second)


def test_internal_note_keeps_no_promise_even_where_the_switch_is_on(desk, ticket):
    switch(on=True)
    before = states(ticket)
    add_internal_note(actor=desk.agent, ticket=ticket, text=WORDS)
    assert states(ticket) == before


def test_switch_that_comes_later_judges_running_promises_by_the_notes_there_are(desk, ticket):
    at = now() + timedelta(minutes=3)
    with time_machine.travel(at, tick=False):
        add_public_note(actor=desk.agent, ticket=ticket, text=WORDS)
        switch(on=True)
        recompute_unfinished(reason="policy")
    clock = SlaClock.objects.get(item=ticket, metric="first")
    assert (clock.state, clock.stopped_at) == ("met", at)


def test_machine_never_writes_one_nor_keeps_a_promise_by_one(desk, ticket, digest):
    switch(on=True)
    before = digest()
    with pytest.raises(PermissionRefused) as refused:
        public_notes.add_public_note(actor=SYSTEM, item=ticket, text=WORDS)
    assert (refused.value.code, digest()) == ("machine_note", before)
    clocks = states(ticket)
    record_event(actor=SYSTEM, item=ticket, kind="note", data={"public": True})
    assert states(ticket) == clocks
    record_event(actor=desk.agent, item=ticket, kind="note", data={"public": True})
    assert SlaClock.objects.get(item=ticket, metric="first").state == "met"


def test_database_knows_no_public_message_but_a_written_note(desk, ticket):
    answer = answer_ticket(actor=desk.agent, ticket=ticket, text="We come.")
    missed = log_call(actor=desk.agent, item=ticket, outbound=True, answered=False, text="")
    for message in (answer, missed):
        with pytest.raises(IntegrityError), transaction.atomic():
            Message.objects.filter(pk=message.pk).update(is_public=True)
    assert not Message.objects.filter(is_public=True).exists()


def test_whoever_may_only_write_notes_may_not_speak_to_the_customer(desk, ticket, client_as, digest):
    strip(desk.agent, "ticket.reply")
    before = digest()
    with pytest.raises(PermissionRefused):
        add_public_note(actor=desk.agent, ticket=ticket, text=WORDS)
    assert client_as(desk.agent).post(f"/tickets/{ticket.number}/public-note/", {"body": WORDS}).status_code == 403
    assert digest() == before
    page = client_as(desk.agent).get(f"/tickets/{ticket.number}/").content.decode()
    assert "compose-public" not in page
    assert "compose-note-body" in page


def test_closed_ticket_and_one_without_a_customer_take_none(desk, ticket, digest):
    nobodys = make_ticket(desk, None, caller_name="Somebody")
    resolve_ticket(actor=desk.agent, ticket=ticket, category=category(desk), told_at=now(), **RESOLUTION)
    close_ticket(actor=desk.agent, ticket=ticket)
    before = digest()
    for about, error, code in ((ticket, Conflict, "closed"), (nobodys, DomainError, "no_customer")):
        with pytest.raises(error) as refused:
            add_public_note(actor=desk.agent, ticket=about, text=WORDS)
        assert refused.value.code == code
    with pytest.raises(DomainError) as refused:
        add_public_note(actor=desk.agent, ticket=make_ticket(desk, ticket.customer), text=" ")
    assert refused.value.code == "empty"
    assert Message.objects.filter(is_public=True).count() == 0
    assert before != digest()  # the ticket that was opened above, and nothing else


def test_composer_has_three_ways_and_each_goes_to_its_own_address(desk, ticket, client_as):
    client = client_as(desk.agent)
    page = BeautifulSoup(client.get(f"/tickets/{ticket.number}/").content, "html.parser")
    ways = [(way["value"], way.get("data-key"), way.has_attr("checked")) for way in page.select("#compose > input")]
    assert ways == [("reply", "r", True), ("note", "n", False), ("public", "p", False)]
    panes = {" ".join(pane["class"]): pane["action"] for pane in page.select("#compose form")}
    assert panes == {
        f"hk-compose-pane is-{way}": f"/tickets/{ticket.number}/{path}/"
        for way, path in (("reply", "reply"), ("note", "note"), ("public", "public-note"))
    }
    seen = page.select_one("form.is-public input[name=seen]")["value"]
    sent = client.post(f"/tickets/{ticket.number}/public-note/", {"body": WORDS, "seen": seen}, follow=True)
    assert "nothing was sent" in sent.content.decode()
    assert Message.objects.get(is_public=True).text == WORDS
    assert not Delivery.objects.exists()


def test_customer_without_address_is_offered_the_internal_note_first(desk, client_as):
    from halkhata.records.customers.services.customers import create_customer

    karim = create_customer(actor=desk.agent, name_en="Karim Test", phones=["01100000002"], language="en")
    ticket = make_ticket(desk, karim)
    page = BeautifulSoup(client_as(desk.agent).get(f"/tickets/{ticket.number}/").content, "html.parser")
    ways = [(way["value"], way.has_attr("checked")) for way in page.select("#compose > input")]
    assert ways == [("note", True), ("public", False)]


def test_note_written_past_a_new_message_is_held_back_and_pressed_twice_is_one(desk, ticket, client_as):
    add_customer_message(actor=None, item=ticket, channel="phone", text="I have another question")
    client, path = client_as(desk.agent), f"/tickets/{ticket.number}/public-note/"
    held = client.post(path, {"body": WORDS, "seen": 0})
    assert held.status_code == 409
    pane = BeautifulSoup(held.content, "html.parser").select_one("form.is-public")
    assert "I have another question" in pane.text
    assert pane.select_one("textarea").text.strip() == WORDS
    assert not Message.objects.filter(is_public=True).exists()
    seen = Message.objects.latest("pk").pk
    for _press in range(2):
        assert client.post(path, {"body": WORDS, "seen": seen}).status_code == 302
    assert Message.objects.filter(is_public=True).count() == 1


def test_answer_written_past_a_public_note_is_held_back(desk, ticket):
    add_internal_note(actor=desk.agent, ticket=ticket, text="Among us")
    answer_ticket(actor=desk.agent, ticket=ticket, text="First")
    seen = Message.objects.latest("pk").pk
    add_public_note(actor=desk.lead, ticket=ticket, text=WORDS)
    with pytest.raises(Conflict) as held:
        answer_ticket(actor=desk.agent, ticket=ticket, text="Second", seen=seen)
    assert held.value.code == "newer_message"
    assert Delivery.objects.count() == 1


def test_policy_form_switches_it_and_keeps_it(desk, client_as):
    from halkhata.engines.work.forms.promises import PolicyForm

    policy = SlaPolicy.objects.get(is_default=True)
    assert policy.notes_count_as_answer is False
    client = client_as(desk.owner)
    data = {key: value for key, value in PolicyForm.initial_of(policy).items() if value not in (None, False)}
    data |= {key: "4:00" if "first" in key or "next" in key else "24:00" for key in data if key.startswith("target_")}
    for value in ("on", None):
        policy.refresh_from_db()
        sent = {**data, "version": policy.version, **({"notes_count_as_answer": value} if value else {})}
        answer = client.post(f"/work/settings/policies/{policy.pk}/", sent)
        assert answer.status_code == 302, answer.content.decode()[:3000]
        policy.refresh_from_db()
        assert policy.notes_count_as_answer is bool(value)
    assert AuditEntry.objects.filter(action="policy.save").latest("pk").after["notes_count_as_answer"] is False


def test_persons_own_copy_says_which_note_was_public(desk, ticket):
    add_internal_note(actor=desk.agent, ticket=ticket, text="Among us")
    add_public_note(actor=desk.agent, ticket=ticket, text=WORDS)
    tables = {entry.model_label: rows for entry, rows in rows_for_export(ticket.customer_id)}
    notes = {row["text"]: row["is_public"] for row in tables["messaging.Message"] if row["direction"] == "note"}
    assert notes == {"Among us": False, WORDS: True}


def test_note_goes_with_a_ticket_that_is_merged(desk, rahima, ticket):
    add_public_note(actor=desk.agent, ticket=ticket, text=WORDS)
    other = make_ticket(desk, rahima, text="The same fridge")
    merge_tickets(actor=desk.lead, ticket=ticket, into=other)
    assert [entry.is_public for entry in thread_of(other, desk.lead) if entry.side == "note"] == [True]

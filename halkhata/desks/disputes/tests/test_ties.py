"""How disputes hold on to the rest of the house: closing, evidence of desks, erasure, letters, command, demo."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from halkhata.desks.disputes.demo import clear_demo
from halkhata.desks.disputes.jobs import look_after_dispute_days
from halkhata.desks.disputes.models import Decision, DecisionRecord, Dispute, EvidenceItem, Remedy
from halkhata.desks.disputes.selectors.conflicts import facts_of
from halkhata.desks.disputes.selectors.summary import year_summary
from halkhata.desks.disputes.services.chain import broken_links
from halkhata.desks.disputes.services.collecting import add_evidence, damaged_lines
from halkhata.desks.disputes.services.ending import tell_customer, withdraw_dispute
from halkhata.desks.disputes.services.letters import decision_sheet
from halkhata.desks.disputes.services.remedies import finish_remedy
from halkhata.desks.disputes.tests.conftest import decide, make_dispute, make_item, to_review
from halkhata.desks.tickets.choices import TicketState
from halkhata.desks.tickets.jobs import close_resolved_tickets
from halkhata.desks.tickets.models import Resolution, Ticket
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.desks.tickets.services.states import close_ticket
from halkhata.engines.work.selectors.kept_open import is_kept_open
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict
from halkhata.foundation.files.services.storing import store_file
from halkhata.records.catalog.days import today
from halkhata.records.privacy.models import LegalHold
from halkhata.records.privacy.services.erasing import erase_person


@pytest.fixture
def solved(desk: Any, rahima: Any) -> Any:
    """A ticket that would close by itself: solved three weeks ago, the customer told."""
    long_ago = now() - timedelta(days=21)
    ticket = open_ticket(
        actor=SYSTEM, subject="Fridge", description="It is warm", customer=rahima, channel="phone",
        branch=desk.branch, team=desk.team, owner=desk.agent, taken_by=desk.agent2, acknowledge=False,
    )  # fmt: skip
    Ticket.objects.filter(pk=ticket.pk).update(
        state=TicketState.RESOLVED, state_flag="resolved", resolved_at=long_ago, unexplained_delays=0
    )
    ticket.clocks.all().delete()
    ticket.checklist.all().delete()
    Resolution.objects.create(
        ticket=ticket, root_cause="service_delay", action="Gas refilled", remedy="repaired", told_by=desk.agent,
        told_at=long_ago, told_how="phone", resolved_by=desk.lead, resolved_at=long_ago,
    )  # fmt: skip
    ticket.refresh_from_db()
    return ticket


def test_ticket_under_dispute_does_not_close_by_itself_and_does_afterwards(desk: Any, rahima: Any, solved: Any) -> None:
    dispute = make_dispute(desk, rahima, solved)
    assert is_kept_open(solved.pk)
    assert close_resolved_tickets.func() == 0
    with pytest.raises(Conflict) as refused:
        close_ticket(actor=SYSTEM, ticket=solved)
    assert refused.value.code == "disputed"
    solved.refresh_from_db()
    assert solved.state == TicketState.RESOLVED
    withdraw_dispute(actor=desk.officer, dispute=dispute, why="He is content")
    assert close_resolved_tickets.func() == 1


def test_without_a_dispute_the_same_ticket_closes_by_itself(solved: Any) -> None:
    """The twin of the test above: the guard off."""
    assert close_resolved_tickets.func() == 1
    solved.refresh_from_db()
    assert solved.state == TicketState.CLOSED


def test_sheets_of_the_desks_come_into_the_file_and_name_who_is_near(desk: Any, rahima: Any, solved: Any) -> None:
    dispute = make_dispute(desk, rahima, solved)
    texts = "\n".join(EvidenceItem.objects.filter(dispute=dispute).values_list("text", flat=True))
    assert "Gas refilled" in texts
    assert "It is warm" in texts
    near = facts_of(dispute).handled
    assert {desk.agent.pk, desk.agent2.pk, desk.lead.pk} <= set(near)


def test_erasing_a_person_is_refused_while_it_goes_on_and_keeps_the_chain_whole(
    desk: Any, rahima: Any, dispute: Any
) -> None:
    with pytest.raises(Conflict) as refused:
        erase_person(actor=SYSTEM, customer=rahima)
    assert refused.value.code == "may_not_erase"
    to_review(desk, dispute)
    decide(desk, dispute)
    finish_remedy(actor=desk.officer, remedy=dispute.remedies.get(), note="Done")
    tell_customer(actor=desk.officer, dispute=dispute, how="phone", text="All told", is_outcome=True)
    from halkhata.desks.disputes.services.ending import close_dispute

    close_dispute(actor=desk.officer, dispute=dispute)
    look_after_dispute_days.func()
    with pytest.raises(Conflict):  # the days of appeal run on, and so does the hold
        erase_person(actor=SYSTEM, customer=rahima)
    Dispute.objects.filter(pk=dispute.pk).update(appeal_until=now() - timedelta(days=1))
    look_after_dispute_days.func()
    from halkhata.engines.work.models import WorkItem

    WorkItem.objects.exclude(pk=dispute.pk).update(state_flag="resolved", resolved_at=now())
    erase_person(actor=SYSTEM, customer=rahima)
    decision = Decision.objects.get()
    assert "fridge" not in decision.facts_en.lower()
    assert DecisionRecord.objects.get().payload == {}
    assert broken_links() == []
    assert not EvidenceItem.objects.filter(dispute=dispute).exists()


def test_hold_placed_by_hand_is_left_to_who_placed_it(desk: Any, rahima: Any, linked: Any) -> None:
    mine = LegalHold.objects.create(customer=rahima, reason="court", placed_at=now())
    dispute = make_dispute(desk, rahima, linked)
    withdraw_dispute(actor=desk.officer, dispute=dispute, why="content")
    look_after_dispute_days.func()
    mine.refresh_from_db()
    assert mine.ended_at is None


def test_sheet_is_written_in_both_languages_with_the_outside_route_in_neutral_words(desk: Any, dispute: Any) -> None:
    to_review(desk, dispute)
    decision = decide(desk, dispute)
    english, bengali = (decision_sheet(dispute, decision, language=language) for language in ("en", "bn"))
    words = str(english)
    assert "The fridge stopped after seven days." in words
    assert "section 60" in words
    assert "You may appeal once until" in words
    assert "ফ্রিজ সাত দিনে বন্ধ হয়েছে।" in str(bengali)
    assert "১৬১২১" in str(bengali)
    assert "Nobody" not in str(bengali)


def test_text_that_changed_behind_the_trigger_is_named_by_the_check(desk: Any, dispute: Any) -> None:
    from halkhata.foundation.core.append_only import suspended

    line = add_evidence(actor=desk.officer, dispute=dispute, party="house", title="", text="We went on Monday")
    assert line.sha256 == hashlib.sha256(b"We went on Monday").hexdigest()
    assert damaged_lines(dispute) == []
    with transaction.atomic(), suspended("disputes_evidenceitem"):
        EvidenceItem.objects.filter(pk=line.pk).update(text="We went on Tuesday")
    assert [one.pk for one in damaged_lines(dispute)] == [line.pk]


def test_one_open_offer_and_one_decision_a_round_also_without_the_services(desk: Any, dispute: Any) -> None:
    from halkhata.desks.disputes.models import Offer

    values = {
        "dispute": dispute, "remedy": "apology", "text": "x", "made_by": desk.officer, "made_at": now(),
        "valid_until": now() + timedelta(days=1),
    }  # fmt: skip
    Offer.objects.create(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        Offer.objects.create(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        Remedy.objects.create(dispute=dispute, kind="repair", owner=desk.officer, due_on=today())


def test_summary_counts_a_year_and_says_nothing_of_few(desk: Any, rahima: Any, dispute: Any) -> None:
    year = now().year
    assert not year_summary(year).is_shown
    for number in range(4):
        other = make_dispute(desk, rahima, make_item(desk, rahima))
        to_review(desk, other, [desk.reviewers[0]])
        decide(
            desk, other, finding="upheld" if number else "rejected", remedy="replace" if number else "none",
            root_cause="product_defect" if number < 2 else "delay",
        )  # fmt: skip
    found = year_summary(year)
    assert (found.opened, found.upheld_percent, found.per_thousand) == (5, 75, None)
    assert found.repeat_percent == 40


def test_invented_disputes_go_with_everything_and_real_ones_stay(desk: Any, rahima: Any, dispute: Any) -> None:
    invented = make_dispute(desk, rahima, make_item(desk, rahima), is_demo=True)
    for one, judge in ((dispute, desk.reviewers[0]), (invented, desk.reviewers[1])):
        to_review(desk, one, [judge])
        decide(desk, one, judge)
    clear_demo()
    assert list(Dispute.objects.values_list("pk", flat=True)) == [dispute.pk]
    assert DecisionRecord.objects.count() == 1
    assert broken_links() == []
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.all().delete()


def test_guards_stand_after_all_migrations(db: None) -> None:
    """SQLite rebuilds a table to change it, and a rebuilt table has lost its triggers."""
    from django.db import connection

    from halkhata.desks.disputes.guards import OPENING, OWED, SIGNED, STEPS, UNSIGNED

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        there = {row[0] for row in cursor.fetchall()}
    assert {STEPS, OPENING, OWED, SIGNED, UNSIGNED} <= there


def test_file_with_words_gives_two_lines_each_with_its_own_hash(desk: Any, dispute: Any) -> None:
    file = store_file(name="memo.txt", data=b"Memo 17")
    line = add_evidence(
        actor=desk.officer, dispute=dispute, party="house", title="", text="Our copy of the memo", file=file
    )
    assert (line.sha256, line.text) == (hashlib.sha256(b"Memo 17").hexdigest(), "")
    words = EvidenceItem.objects.get(origin="added:house", file=None)
    assert words.sha256 == hashlib.sha256(b"Our copy of the memo").hexdigest()
    assert damaged_lines(dispute) == []


def test_what_somebody_who_leaves_still_holds_goes_on(desk: Any, dispute: Any) -> None:
    from halkhata.desks.disputes.models import PanelMember
    from halkhata.desks.disputes.services.leavers import give_back, hand_over, held_by
    from halkhata.desks.disputes.services.remedies import plan_action

    to_review(desk, dispute, desk.reviewers[:3])
    plan_action(
        actor=desk.officer, dispute=dispute, kind="corrective", what="Two vans", owner=desk.lead, due_on=today()
    )
    assert (held_by(desk.lead), held_by(desk.reviewers[0])) == (1, 1)
    with transaction.atomic():
        moved = hand_over(actor=None, leaver=desk.lead, successor=desk.agent2)
        hand_over(actor=None, leaver=desk.reviewers[0], successor=None)
    assert [(one.to_id, held_by(desk.agent2)) for one in moved] == [(desk.agent2.pk, 1)]
    sitting = PanelMember.objects.filter(state="sitting")
    assert (sitting.count(), sitting.filter(is_chair=True).count()) == (2, 1)
    assert give_back(leaver=desk.lead, moved=[{"ref": one.ref, "to_id": one.to_id} for one in moved]) == 1
    assert held_by(desk.lead) == 1

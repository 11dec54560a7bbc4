"""From opening to closing: states, promises, evidence, decision, remedy, appeal."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import translation

from halkhata.desks.disputes.choices import TRANSITIONS, DisputeState
from halkhata.desks.disputes.jobs import look_after_dispute_days, look_after_disputes
from halkhata.desks.disputes.models import Action, Decision, DecisionRecord, Dispute, EvidenceItem, Remedy
from halkhata.desks.disputes.services.chain import broken_links
from halkhata.desks.disputes.services.collecting import (
    add_evidence,
    begin_evidence,
    collect_evidence,
    damaged_lines,
)
from halkhata.desks.disputes.services.ending import (
    appeal_dispute,
    close_dispute,
    tell_customer,
    withdraw_dispute,
)
from halkhata.desks.disputes.services.offers import answer_offer, make_offer
from halkhata.desks.disputes.services.panels import appoint_panel, begin_review
from halkhata.desks.disputes.services.remedies import check_action, finish_action, finish_remedy, plan_action
from halkhata.desks.disputes.services.signing import correct_decision, sign_decision
from halkhata.desks.disputes.services.voting import cast_vote
from halkhata.desks.disputes.tests.conftest import TEXTS, decide, make_dispute, make_item, permit, to_review
from halkhata.engines.messaging.services.conversations import add_note, log_call
from halkhata.engines.work.models import Notification, WorkItem
from halkhata.foundation.accounts.wording import number_for
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from halkhata.records.catalog.days import today
from halkhata.records.privacy.models import LegalHold
from halkhata.records.privacy.services.erasing import what_stands_against


def test_opened_dispute_promises_an_update_in_48_hours_and_warns_after_24(desk: Any, dispute: Any) -> None:
    clock = dispute.clocks.get(metric="first")
    assert dispute.number.startswith("D-")
    assert clock.due_at - clock.started_at == timedelta(hours=48)
    assert clock.next_check_at - clock.started_at == timedelta(hours=24)
    tell_customer(actor=desk.officer, dispute=dispute, how="phone", text="We look into it")
    clock.refresh_from_db()
    assert clock.state == "met"
    assert dispute.next_update_at is not None


def test_later_news_are_planned_work_with_a_due_time_until_it_is_over(desk: Any, dispute: Any) -> None:
    tell_customer(actor=desk.officer, dispute=dispute, how="phone", text="We look into it")
    first = WorkItem.objects.get(kind="dispute_news")
    assert (first.parent_id, first.owner_id) == (dispute.pk, desk.officer.pk)
    assert first.planned_at == dispute.next_update_at == first.next_due_at
    tell_customer(actor=desk.officer, dispute=dispute, how="phone", text="The part has come")
    first.refresh_from_db()
    assert (first.state, first.outcome) == ("done", "reached")
    second = WorkItem.objects.get(kind="dispute_news", state="new")
    assert second.planned_at > first.planned_at
    withdraw_dispute(actor=desk.officer, dispute=dispute, why="He is content")
    second.refresh_from_db()
    assert second.state == "cancelled"
    assert dispute.next_update_at is None


def test_news_of_a_bengali_owner_name_the_dispute_in_bengali(desk: Any, dispute: Any) -> None:
    """Whoever does the work reads its subject, not whoever planned it."""
    desk.officer.language = "bn"
    desk.officer.save()
    dispute.refresh_from_db()
    with translation.override("en"):
        tell_customer(actor=desk.officer, dispute=dispute, how="phone", text="We look into it")
    subject = WorkItem.objects.get(kind="dispute_news").subject
    assert subject == f"গ্রাহককে খবর দিন: {number_for(dispute.owner, dispute.number)}"
    assert subject.split(": ")[1].startswith("দ-")


def test_opening_holds_the_customers_data_until_all_is_over(desk: Any, rahima: Any, dispute: Any) -> None:
    hold = LegalHold.objects.get(customer=rahima)
    assert dispute.hold_id == hold.pk
    assert len(what_stands_against(rahima)) >= 2
    withdraw_dispute(actor=desk.officer, dispute=dispute, why="He found the memo")
    look_after_dispute_days.func()
    hold.refresh_from_db()
    assert hold.ended_at is not None


def test_second_dispute_about_the_same_item_is_refused_and_changes_nothing(
    desk: Any, rahima: Any, linked: Any, dispute: Any, digest: Any
) -> None:
    before = digest()
    with pytest.raises(Conflict) as refused:
        make_dispute(desk, rahima, linked)
    assert refused.value.code == "disputed_already"
    assert digest() == before


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"ground": "weather"}, "bad_ground"),
        ({"wish": "moon"}, "bad_wish"),
        ({"statement": " \u200b "}, "empty"),
        ({"customer": None}, "no_customer"),
        ({"cause_on": today() + timedelta(days=2)}, "cause_in_future"),
        ({"cause_on": today() - timedelta(days=4000)}, "cause_too_early"),
    ],
)
def test_bad_input_at_opening_is_refused_at_its_field(
    desk: Any, rahima: Any, linked: Any, digest: Any, values: dict[str, Any], code: str
) -> None:
    before = digest()
    with pytest.raises(DomainError) as refused:
        make_dispute(desk, **{"customer": rahima, "about": linked, **values})
    assert refused.value.code == code
    assert digest() == before


def test_file_collects_itself_hashed_and_takes_a_changed_thing_in_anew(desk: Any, linked: Any, dispute: Any) -> None:
    log_call(actor=desk.agent, item=linked, outbound=False, answered=True, text="Still warm")
    add_note(actor=desk.agent, item=linked, text="He is angry")
    first = dispute.evidence.count()
    assert collect_evidence(actor=desk.officer, dispute=dispute) >= 3  # both texts, and the longer history
    assert collect_evidence(actor=desk.officer, dispute=dispute) == 0
    texts = set(EvidenceItem.objects.filter(dispute=dispute).values_list("text", flat=True))
    assert {"Still warm", "He is angry", "The fridge stopped after seven days"} <= texts
    assert EvidenceItem.objects.filter(dispute=dispute, origin=f"history:{linked.pk}").count() == 2
    assert dispute.evidence.count() > first
    assert damaged_lines(dispute) == []


def test_evidence_line_cannot_be_changed_or_deleted_behind_the_service(dispute: Any) -> None:
    line = dispute.evidence.first()
    for act in (lambda: EvidenceItem.objects.filter(pk=line.pk).update(text="x"), line.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_both_sides_add_until_the_deadline_and_not_after(desk: Any, dispute: Any, digest: Any) -> None:
    begin_evidence(actor=desk.officer, dispute=dispute)
    add_evidence(actor=None, dispute=dispute, party="customer", title="", text="I called nine times")
    before = digest()
    late = dispute.evidence_until + timedelta(minutes=1)
    with pytest.raises(Conflict) as refused:
        add_evidence(actor=None, dispute=dispute, party="customer", title="", text="And ten", at=late)
    assert refused.value.code == "too_late"
    assert digest() == before


def test_file_is_locked_once_the_panel_reads_it(desk: Any, dispute: Any, digest: Any) -> None:
    to_review(desk, dispute)
    before = digest()
    with pytest.raises(Conflict) as refused:
        add_evidence(actor=desk.officer, dispute=dispute, party="house", title="", text="One thing more")
    assert refused.value.code == "wrong_state"
    with pytest.raises(PermissionRefused):
        add_evidence(actor=desk.reviewers[0], dispute=dispute, party="house", title="", text="Mine")
    assert digest() == before


def test_review_does_not_begin_while_evidence_runs_without_a_reason(desk: Any, dispute: Any, digest: Any) -> None:
    begin_evidence(actor=desk.officer, dispute=dispute)
    appoint_panel(actor=desk.boss, dispute=dispute, reviewers=[desk.reviewers[0]])
    before = digest()
    with pytest.raises(Conflict) as refused:
        begin_review(actor=desk.boss, dispute=dispute)
    assert refused.value.code == "evidence_runs"
    assert digest() == before


def test_signed_decision_makes_the_remedy_and_cannot_be_changed(desk: Any, dispute: Any) -> None:
    to_review(desk, dispute)
    decision = decide(desk, dispute)
    dispute.refresh_from_db()
    assert (dispute.state, dispute.root_cause) == ("decided", "product_defect")
    assert [(r.kind, r.owner_id) for r in dispute.remedies.all()] == [("replace", desk.officer.pk)]
    assert dispute.appeal_until is not None
    for act in (lambda: Decision.objects.filter(pk=decision.pk).update(finding="rejected"), decision.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    link = correct_decision(actor=desk.reviewers[0], dispute=dispute, text_bn="তারিখ ৩ মে", text_en="The date is 3 May")
    assert link.n == DecisionRecord.objects.count()
    assert broken_links() == []


@pytest.mark.parametrize("missing", sorted(TEXTS))
def test_decision_without_a_text_in_both_languages_is_not_signed(
    desk: Any, dispute: Any, digest: Any, missing: str
) -> None:
    to_review(desk, dispute)
    with pytest.raises(DomainError) as refused:
        decide(desk, dispute, **{missing: " "})
    assert (refused.value.code, refused.value.field) == ("text_missing", missing)
    dispute.refresh_from_db()
    assert dispute.state == "under_review"
    assert DecisionRecord.objects.count() == 0


def test_panel_of_three_decides_by_majority_with_the_dissent_kept(desk: Any, dispute: Any) -> None:
    first, second, third = desk.reviewers[:3]
    to_review(desk, dispute, [first, second, third])
    with pytest.raises(Conflict) as refused:
        decide(desk, dispute)
    assert refused.value.code == "votes_missing"
    cast_vote(actor=second, dispute=dispute, finding="upheld")
    cast_vote(actor=third, dispute=dispute, finding="rejected", reason="The seal was broken")
    with pytest.raises(PermissionRefused):
        sign_decision(actor=second, dispute=dispute)
    decision = sign_decision(actor=first, dispute=dispute)
    assert [vote["dissent"] for vote in decision.votes] == [False, False, True]
    assert decision.votes[2]["reason"] == "The seal was broken"


def test_three_different_votes_have_no_majority_and_are_voted_again(desk: Any, dispute: Any) -> None:
    first, second, third = desk.reviewers[:3]
    to_review(desk, dispute, [first, second, third])
    with pytest.raises(Conflict):
        decide(desk, dispute)
    cast_vote(actor=second, dispute=dispute, finding="partly")
    with pytest.raises(Conflict) as twice:
        cast_vote(actor=second, dispute=dispute, finding="upheld")
    assert twice.value.code == "voted"
    cast_vote(actor=third, dispute=dispute, finding="rejected")
    with pytest.raises(Conflict) as refused:
        sign_decision(actor=first, dispute=dispute)
    assert refused.value.code == "no_majority"
    for who, reason in ((first, ""), (second, ""), (third, "I stay with mine")):
        finding = "rejected" if who is third else "upheld"
        assert cast_vote(actor=who, dispute=dispute, finding=finding, reason=reason).ballot == 2
    assert sign_decision(actor=first, dispute=dispute).signed_at is not None


def test_dispute_closes_only_after_remedy_and_word_also_in_the_database(desk: Any, dispute: Any, digest: Any) -> None:
    to_review(desk, dispute)
    decide(desk, dispute)
    before = digest()
    with pytest.raises(Conflict) as owed:
        close_dispute(actor=desk.officer, dispute=dispute)
    assert owed.value.code == "remedies_owed"
    with pytest.raises(DatabaseError), transaction.atomic():
        WorkItem.objects.filter(pk=dispute.pk).update(state="closed")
    assert digest() == before
    finish_remedy(actor=desk.officer, remedy=dispute.remedies.get(), note="New fridge delivered")
    with pytest.raises(Conflict) as told:
        close_dispute(actor=desk.officer, dispute=dispute)
    assert told.value.code == "not_told"
    with pytest.raises(DatabaseError), transaction.atomic():
        WorkItem.objects.filter(pk=dispute.pk).update(state="closed")
    tell_customer(actor=desk.officer, dispute=dispute, how="email", text="It is decided", is_outcome=True)
    close_dispute(actor=desk.officer, dispute=dispute)
    assert (dispute.state, dispute.state_flag) == ("closed", "resolved")


def test_telling_the_outcome_while_a_remedy_is_owed_leads_to_remedy(desk: Any, dispute: Any) -> None:
    to_review(desk, dispute)
    decide(desk, dispute)
    tell_customer(actor=desk.officer, dispute=dispute, how="email", text="It is decided", is_outcome=True)
    assert dispute.state == "remedy"


def test_appeal_goes_to_other_people_and_there_is_only_one(desk: Any, dispute: Any, digest: Any) -> None:
    to_review(desk, dispute)
    decide(desk, dispute)
    appeal_dispute(actor=None, dispute=dispute, text="Nobody read my letters")
    assert (dispute.state, dispute.round, dispute.told_at) == ("appealed", 2, None)
    before = digest()
    with pytest.raises(DomainError) as refused:
        appoint_panel(actor=desk.boss, dispute=dispute, reviewers=[desk.reviewers[0]], overrides={
            desk.reviewers[0].pk: "He knows the case"
        })  # fmt: skip
    assert "sat_before" in refused.value.data["reasons"]
    assert digest() == before
    to_review(desk, dispute, [desk.reviewers[1]])
    decide(desk, dispute, desk.reviewers[1], finding="rejected", remedy="none", deadline_on=None)
    dispute.refresh_from_db()
    assert dispute.appeal_until is None
    assert dispute.remedies.get().lapsed_at is not None
    with pytest.raises(Conflict) as again:
        appeal_dispute(actor=None, dispute=dispute, text="Once more")
    assert again.value.code == "appealed_already"
    assert broken_links() == []


def test_appeal_after_its_days_is_refused(desk: Any, dispute: Any, digest: Any) -> None:
    to_review(desk, dispute)
    decide(desk, dispute)
    before = digest()
    with pytest.raises(Conflict) as refused:
        appeal_dispute(actor=None, dispute=dispute, text="Late", at=dispute.appeal_until + timedelta(seconds=1))
    assert refused.value.code == "appeal_over"
    assert digest() == before


def test_accepted_offer_settles_and_is_owed(desk: Any, dispute: Any) -> None:
    offer = make_offer(
        actor=desk.officer, dispute=dispute, remedy="part_refund", text="2,000 taka back", amount="2000",
        valid_until=now() + timedelta(days=3),
    )  # fmt: skip
    answer_offer(actor=None, offer=offer, accepts=True, by="customer")
    dispute.refresh_from_db()
    remedy = Remedy.objects.get(dispute=dispute)
    assert (dispute.state, str(remedy.amount), remedy.currency) == ("settled", "2000.00", "BDT")
    with pytest.raises(Conflict):
        answer_offer(actor=None, offer=offer, accepts=False, by="customer")


def test_offer_that_ran_out_cannot_be_accepted(desk: Any, dispute: Any, digest: Any) -> None:
    offer = make_offer(
        actor=desk.officer, dispute=dispute, remedy="apology", text="We are sorry",
        valid_until=now() + timedelta(days=1),
    )  # fmt: skip
    before = digest()
    with pytest.raises(Conflict) as refused:
        answer_offer(actor=None, offer=offer, accepts=True, by="customer", at=now() + timedelta(days=2))
    assert refused.value.code == "offer_over"
    assert digest() == before


def test_same_cause_within_90_days_reopens_the_action_and_alarms(desk: Any, rahima: Any, dispute: Any) -> None:
    to_review(desk, dispute)
    decide(desk, dispute)
    action = plan_action(
        actor=desk.officer, dispute=dispute, kind="preventive", what="Visit within two days", owner=desk.lead,
        due_on=today(),
    )  # fmt: skip
    permit(desk.lead, "dispute.view")
    finish_action(actor=desk.lead, action=action, note="Rota written")
    with pytest.raises(PermissionRefused):
        check_action(actor=desk.agent, action=action, works=True, note="fine")
    check_action(actor=desk.officer, action=action, works=True, note="Ten visits in time")
    other = make_dispute(desk, rahima, make_item(desk, rahima))
    to_review(desk, other, [desk.reviewers[1]])
    decide(desk, other, desk.reviewers[1])
    other.refresh_from_db()
    action = Action.objects.get(pk=action.pk)
    assert other.repeats_id == dispute.pk
    assert (action.state, action.reopened_by_id) == ("reopened", other.pk)
    told = set(Notification.objects.filter(verb="dispute.repeated").values_list("user_id", flat=True))
    assert desk.lead.pk in told
    assert len(told) == 2


def test_same_cause_after_90_days_links_nothing(desk: Any, rahima: Any, dispute: Any) -> None:
    to_review(desk, dispute)
    decide(desk, dispute)
    Dispute.objects.filter(pk=dispute.pk).update(decided_at=now() - timedelta(days=91))
    other = make_dispute(desk, rahima, make_item(desk, rahima))
    to_review(desk, other, [desk.reviewers[1]])
    decide(desk, other, desk.reviewers[1])
    other.refresh_from_db()
    assert other.repeats_id is None


@pytest.mark.parametrize("before", list(DisputeState))
def test_database_refuses_every_step_the_table_does_not_have(dispute: Any, before: DisputeState) -> None:
    """Each pair, with the service layer left out."""
    rows = WorkItem.objects.filter(pk=dispute.pk)
    for after in DisputeState:
        if after == before or after in TRANSITIONS[before]:
            continue
        with transaction.atomic():
            with connection.cursor() as cursor:
                _put(cursor, dispute.pk, before)
            with pytest.raises(DatabaseError), transaction.atomic():
                rows.update(state=after.value)
            transaction.set_rollback(True)


def _put(cursor: Any, pk: int, state: DisputeState) -> None:
    """Reach ``state`` over steps that exist."""
    roads = {
        "opened": [], "evidence": ["evidence"], "under_review": ["evidence", "under_review"],
        "decided": ["evidence", "under_review", "decided"], "remedy": ["evidence", "under_review", "decided", "remedy"],
        "closed": ["settled", "closed"], "withdrawn": ["withdrawn"], "settled": ["settled"],
        "appealed": ["evidence", "under_review", "decided", "appealed"],
    }  # fmt: skip
    for step in roads[state.value]:
        if step == "closed":
            cursor.execute(
                "UPDATE disputes_dispute SET told_at = opened.at, told_by_id = opened.who FROM "
                "(SELECT opened_at AS at, owner_id AS who FROM work_workitem WHERE id = %s) AS opened "
                "WHERE workitem_ptr_id = %s", [pk, pk],
            )  # fmt: skip
        cursor.execute("UPDATE work_workitem SET state = %s WHERE id = %s", [step, pk])


def test_changed_row_behind_the_trigger_is_found_by_the_check(desk: Any, dispute: Any) -> None:
    from halkhata.foundation.core.append_only import suspended

    to_review(desk, dispute)
    decide(desk, dispute)
    correct_decision(actor=desk.reviewers[0], dispute=dispute, text_bn="ক", text_en="a")
    row = DecisionRecord.objects.order_by("n").first()
    with pytest.raises(DatabaseError), transaction.atomic():
        DecisionRecord.objects.filter(pk=row.pk).update(actor_label="somebody else")
    with transaction.atomic(), suspended("disputes_decisionrecord"):
        DecisionRecord.objects.filter(pk=row.pk).update(payload={**row.payload, "finding": "rejected"})
    assert [(one.n, one.number) for one in broken_links()] == [(1, dispute.number)]
    with transaction.atomic(), suspended("disputes_decisionrecord"):
        DecisionRecord.objects.filter(pk=row.pk).delete()
    assert [one.n for one in broken_links()] == [2, 2]


def test_foreign_branch_does_not_see_the_dispute(desk: Any, dispute: Any, digest: Any) -> None:
    from tests.support.fixtures_shop import make_user

    stranger = make_user("stranger", branch=desk.head, role=desk.roles["front_desk"])
    before = digest()
    with pytest.raises(NotFound):
        begin_evidence(actor=stranger, dispute=dispute)
    with pytest.raises(PermissionRefused):
        begin_evidence(actor=desk.agent, dispute=dispute)
    assert digest() == before


def test_job_tells_the_owner_once_that_news_are_due_and_evidence_is_over(desk: Any, dispute: Any) -> None:
    begin_evidence(actor=desk.officer, dispute=dispute)
    past = now() - timedelta(minutes=1)
    Dispute.objects.filter(pk=dispute.pk).update(next_update_at=past, evidence_until=past)
    for _again in range(2):
        look_after_disputes.func()
    verbs = list(
        Notification.objects.filter(user=desk.officer, verb__startswith="dispute.").values_list("verb", flat=True)
    )
    assert sorted(verbs) == ["dispute.evidence_over", "dispute.update_due"]

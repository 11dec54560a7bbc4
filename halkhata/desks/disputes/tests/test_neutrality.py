"""The rule of neutrality: every relation to the case × every role is refused, and nothing is changed (A60.4)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from halkhata.desks.disputes.models import Interest, Panel, PanelMember
from halkhata.desks.disputes.selectors.conflicts import candidates, facts_of, reasons_against
from halkhata.desks.disputes.services.collecting import begin_evidence
from halkhata.desks.disputes.services.panels import (
    NotNeutral,
    appoint_panel,
    begin_review,
    declare_interest,
    recuse_member,
    replace_member,
)
from halkhata.desks.disputes.services.settings import save_law
from halkhata.desks.disputes.services.voting import cast_vote
from halkhata.desks.disputes.tests.conftest import make_dispute, make_item, permit, to_review
from halkhata.engines.messaging.services.conversations import add_note, log_call, send_reply
from halkhata.engines.work.services.items import assign_item, record_event
from halkhata.engines.work.services.minutes import write_minutes
from halkhata.foundation.accounts.models import Team, User
from halkhata.foundation.accounts.services.branches import create_branch
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused
from tests.support.fixtures_shop import make_role, make_user

Relate = Callable[[Any, Any, User], None]


def _event(_desk: Any, item: Any, who: User) -> None:
    record_event(actor=who, item=item, kind="note")


def _owned_once(desk: Any, item: Any, who: User) -> None:
    assign_item(actor=desk.owner, item=item, owner=who)
    assign_item(actor=desk.owner, item=item, owner=desk.agent)


def _owns(desk: Any, item: Any, who: User) -> None:
    assign_item(actor=desk.owner, item=item, owner=who)


def _replied(_desk: Any, item: Any, who: User) -> None:
    send_reply(actor=who, item=item, text="We come on Monday")


def _called(_desk: Any, item: Any, who: User) -> None:
    log_call(actor=who, item=item, outbound=True, answered=True, text="Promised Monday")


def _noted(_desk: Any, item: Any, who: User) -> None:
    add_note(actor=who, item=item, text="He calls every day")


def _minutes(_desk: Any, item: Any, who: User) -> None:
    write_minutes(actor=who, item=item, minutes=20, what="Looked at the fridge")


def _audited(_desk: Any, item: Any, who: User) -> None:
    with transaction.atomic():
        record(actor=who, action="work.looked", record=item)


def _child(desk: Any, item: Any, who: User) -> None:
    child = make_item(desk, item.customer)
    type(child).objects.filter(pk=child.pk).update(parent=item.pk)
    record_event(actor=who, item=child, kind="note")


def _leads_handler(desk: Any, item: Any, who: User) -> None:
    worker = make_user(f"worker-{who.pk}", branch=who.branch, role=desk.roles["call_agent"])
    team = Team.objects.create(code=f"team-{who.pk}", name_en="Workshop", branch=who.branch, lead=who)
    worker.teams.add(team)
    record_event(actor=worker, item=item, kind="note")


def _leads_item_team(_desk: Any, item: Any, who: User) -> None:
    team = Team.objects.create(code=f"team-{who.pk}", name_en="Counter", branch=who.branch, lead=who)
    type(item).objects.filter(pk=item.pk).update(team=team)


def _same_branch(desk: Any, _item: Any, who: User) -> None:
    User.objects.filter(pk=who.pk).update(branch=desk.branch)


def _same_dealer(desk: Any, item: Any, who: User) -> None:
    dealer = create_branch(actor=None, name_en="Dealer", parent=desk.head)
    one, other = (create_branch(actor=None, name_en=name, parent=dealer) for name in ("Dealer 1", "Dealer 2"))
    type(item).objects.filter(pk=item.pk).update(branch=one)
    User.objects.filter(pk=who.pk).update(branch=other)


def _declared_case(_desk: Any, item: Any, who: User) -> None:
    dispute = item.disputes.get()
    Interest.objects.create(user=who, dispute=dispute, what="cousin", declared_by=who, at=item.opened_at)


def _declared_customer(_desk: Any, item: Any, who: User) -> None:
    Interest.objects.create(user=who, customer=item.customer, what="neighbour", declared_by=who, at=item.opened_at)


def _worked_on_dispute(_desk: Any, item: Any, who: User) -> None:
    record_event(actor=who, item=item.disputes.get(), kind="note")


def _may_not_sign_in(_desk: Any, _item: Any, who: User) -> None:
    User.objects.filter(pk=who.pk).update(is_active=False)


RELATIONS: dict[str, tuple[Relate, str]] = {
    "wrote its history": (_event, "handled"),
    "owns it": (_owns, "handled"),
    "owned it once": (_owned_once, "handled"),
    "answered the customer": (_replied, "handled"),
    "called the customer": (_called, "handled"),
    "wrote a note": (_noted, "handled"),
    "wrote minutes": (_minutes, "handled"),
    "stands in its audit trail": (_audited, "handled"),
    "worked on what hangs under it": (_child, "handled"),
    "worked on the dispute itself": (_worked_on_dispute, "handled"),
    "leads somebody who handled it": (_leads_handler, "leads"),
    "leads its team": (_leads_item_team, "leads"),
    "belongs to the branch": (_same_branch, "same_branch"),
    "belongs to the same dealer": (_same_dealer, "same_dealer"),
    "declared an interest in it": (_declared_case, "declared"),
    "declared an interest in the customer": (_declared_customer, "declared"),
    "may no longer sign in": (_may_not_sign_in, "inactive"),
}
ROLES = ("reviewer", "head_office", "manager", "team_lead", "complaint_officer", "front_desk", "owner")


def _fresh(user: User) -> User:
    return User.objects.select_related("role", "branch").get(pk=user.pk)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("relation", sorted(RELATIONS))
def test_whoever_is_near_the_case_is_refused_and_nothing_is_changed(
    desk: Any, linked: Any, dispute: Any, digest: Any, relation: str, role: str
) -> None:
    relate, code = RELATIONS[relation]
    judge = make_user("judge", branch=desk.head, role=desk.roles[role])
    if "dispute.review" not in judge.role.permissions:
        permit(judge, "dispute.review")
    begin_evidence(actor=desk.officer, dispute=dispute)
    relate(desk, linked, judge)
    judge = _fresh(judge)
    dispute.refresh_from_db()
    assert code in [one.code for one in reasons_against(judge, facts_of(dispute))]
    before = digest()
    with pytest.raises(NotNeutral) as refused:
        appoint_panel(actor=desk.boss, dispute=dispute, reviewers=[judge])
    assert code in refused.value.data["reasons"]
    assert digest() == before


@pytest.mark.parametrize("role", [role for role in ROLES if role not in {"reviewer", "head_office", "owner"}])
def test_a_role_without_the_right_never_sits(desk: Any, dispute: Any, digest: Any, role: str) -> None:
    judge = make_user("judge", branch=desk.head, role=desk.roles[role])
    begin_evidence(actor=desk.officer, dispute=dispute)
    before = digest()
    with pytest.raises(NotNeutral) as refused:
        appoint_panel(actor=desk.boss, dispute=dispute, reviewers=[judge], overrides={judge.pk: "nobody else"})
    assert "no_right" in refused.value.data["reasons"]
    assert digest() == before


def test_manager_of_the_branch_is_refused_also_from_a_branch_above(desk: Any, rahima: Any, digest: Any) -> None:
    region = create_branch(actor=None, name_en="Region")
    shop = create_branch(actor=None, name_en="Shop", parent=region)
    role = make_role("mgr", level=3, scope="all", permissions=["dispute.view", "dispute.review"])
    judge = make_user("judge", branch=region, role=role)
    seller = make_user("seller", branch=shop, role=desk.roles["front_desk"])
    item = make_item(desk, rahima)
    record_event(actor=seller, item=item, kind="note")
    dispute = make_dispute(desk, rahima, item)
    begin_evidence(actor=desk.officer, dispute=dispute)
    before = digest()
    with pytest.raises(NotNeutral) as refused:
        appoint_panel(actor=desk.boss, dispute=dispute, reviewers=[judge])
    assert refused.value.data["reasons"] == ["manages"]
    assert digest() == before


def test_neutral_reviewer_sits_and_page_says_why_others_may_not(desk: Any, linked: Any, dispute: Any) -> None:
    record_event(actor=desk.reviewers[1], item=linked, kind="note")
    begin_evidence(actor=desk.officer, dispute=dispute)
    judged = {user.pk: [one.code for one in against] for user, against in candidates(dispute)}
    assert judged[desk.reviewers[0].pk] == []
    assert judged[desk.reviewers[1].pk] == ["handled"]
    assert desk.agent.pk not in judged
    appoint_panel(actor=desk.boss, dispute=dispute, reviewers=[desk.reviewers[0]])
    assert PanelMember.objects.get().is_chair


def test_facts_of_a_case_are_read_in_a_constant_number_of_queries(desk: Any, linked: Any, dispute: Any) -> None:
    candidates(dispute)  # what the dispute is about is read once and kept
    with CaptureQueriesContext(connection) as few:
        candidates(dispute)
    for number in range(8):
        add_note(actor=desk.reviewers[number % 3], item=linked, text=f"note {number}")
        declare_interest(actor=desk.reviewers[4], user=desk.reviewers[4], dispute=dispute, what=f"reason {number}")
    with CaptureQueriesContext(connection) as many:
        candidates(dispute)
    assert len(many) == len(few)


def test_override_needs_the_right_a_reason_and_the_law_of_the_house_and_is_logged(
    desk: Any, linked: Any, dispute: Any, digest: Any
) -> None:
    judge = desk.reviewers[0]
    record_event(actor=judge, item=linked, kind="note")
    begin_evidence(actor=desk.officer, dispute=dispute)
    permit(desk.manager, "dispute.view", "dispute.appoint")
    before = digest()
    with pytest.raises(PermissionRefused):
        appoint_panel(
            actor=desk.manager, dispute=dispute, reviewers=[judge], overrides={judge.pk: "Nobody else is here"}
        )
    with pytest.raises(NotNeutral):
        appoint_panel(actor=desk.boss, dispute=dispute, reviewers=[judge], overrides={judge.pk: "  "})
    assert digest() == before
    save_law(actor=desk.owner, allow_override=False)
    with pytest.raises(NotNeutral):
        appoint_panel(actor=desk.boss, dispute=dispute, reviewers=[judge], overrides={judge.pk: "Nobody else"})
    assert Panel.objects.count() == 0
    save_law(actor=desk.owner, allow_override=True)
    appoint_panel(actor=desk.boss, dispute=dispute, reviewers=[judge], overrides={judge.pk: "Nobody else"})
    member = PanelMember.objects.get()
    assert (member.override_by, member.override_why) == (desk.boss, "Nobody else")
    assert [one["code"] for one in member.override_reasons] == ["handled"]
    entry = AuditEntry.objects.get(action="dispute.override")
    assert (entry.note, entry.after["reasons"]) == ("Nobody else", ["handled"])


def test_recusal_is_recorded_and_the_seat_filled_by_another(desk: Any, dispute: Any, digest: Any) -> None:
    first, second, third, fourth = desk.reviewers[:4]
    to_review(desk, dispute, [first, second, third])
    cast_vote(actor=first, dispute=dispute, finding="upheld")
    before = digest()
    with pytest.raises(DomainError):
        recuse_member(actor=first, dispute=dispute, user=first, why=" ")
    with pytest.raises(PermissionRefused):
        recuse_member(actor=second, dispute=dispute, user=first, why="I want his chair")
    assert digest() == before
    recuse_member(actor=first, dispute=dispute, user=first, why="His wife is my cousin")
    gone = PanelMember.objects.get(user=first)
    assert (gone.state, gone.left_why, gone.is_chair) == ("recused", "His wife is my cousin", False)
    assert AuditEntry.objects.filter(action="dispute.recuse").count() == 1
    with pytest.raises(NotNeutral) as back:
        replace_member(actor=desk.boss, dispute=dispute, reviewer=first, override_why="Let him")
    assert "sat_before" in back.value.data["reasons"]
    with pytest.raises(NotNeutral):
        replace_member(actor=desk.boss, dispute=dispute, reviewer=desk.agent)
    replace_member(actor=desk.boss, dispute=dispute, reviewer=fourth)
    sitting = PanelMember.objects.filter(state="sitting")
    assert set(sitting.values_list("user", flat=True)) == {second.pk, third.pk, fourth.pk}
    assert sitting.filter(is_chair=True).count() == 1
    with pytest.raises(Conflict) as full:
        replace_member(actor=desk.boss, dispute=dispute, reviewer=desk.reviewers[4])
    assert full.value.code == "panel_full"


def test_review_does_not_begin_with_an_empty_seat(desk: Any, dispute: Any, digest: Any) -> None:
    begin_evidence(actor=desk.officer, dispute=dispute)
    appoint_panel(actor=desk.boss, dispute=dispute, reviewers=desk.reviewers[:3])
    recuse_member(actor=desk.reviewers[0], dispute=dispute, user=desk.reviewers[0], why="I know him")
    before = digest()
    with pytest.raises(Conflict) as refused:
        begin_review(actor=desk.boss, dispute=dispute, early_why="both agree")
    assert refused.value.code == "no_panel"
    assert digest() == before


@pytest.mark.parametrize("count", [0, 2, 4])
def test_panel_has_one_member_or_three(desk: Any, dispute: Any, digest: Any, count: int) -> None:
    begin_evidence(actor=desk.officer, dispute=dispute)
    before = digest()
    with pytest.raises(DomainError) as refused:
        appoint_panel(actor=desk.boss, dispute=dispute, reviewers=desk.reviewers[:count])
    assert refused.value.code == "bad_size"
    assert digest() == before


def test_database_itself_keeps_one_person_from_two_panels_of_a_dispute(desk: Any, dispute: Any) -> None:
    begin_evidence(actor=desk.officer, dispute=dispute)
    panel = appoint_panel(actor=desk.boss, dispute=dispute, reviewers=[desk.reviewers[0]])
    other = Panel.objects.create(
        dispute=dispute, round=2, size=1, appointed_by=desk.boss, appointed_at=panel.appointed_at
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        PanelMember.objects.create(
            panel=other, dispute=dispute, user=desk.reviewers[0], appointed_at=panel.appointed_at + timedelta(1)
        )


def test_everybody_declares_for_himself_and_only_who_appoints_for_others(desk: Any, dispute: Any, digest: Any) -> None:
    declare_interest(actor=desk.reviewers[0], user=desk.reviewers[0], dispute=dispute, what="My uncle sold it")
    before = digest()
    with pytest.raises(PermissionRefused):
        declare_interest(actor=desk.reviewers[0], user=desk.reviewers[1], dispute=dispute, what="His, too")
    assert digest() == before


def test_law_of_the_house_asks_for_three_where_it_says_so(desk: Any, dispute: Any, digest: Any) -> None:
    save_law(actor=desk.owner, panel_size=3)
    begin_evidence(actor=desk.officer, dispute=dispute)
    before = digest()
    with pytest.raises(DomainError) as refused:
        appoint_panel(actor=desk.boss, dispute=dispute, reviewers=[desk.reviewers[0]])
    assert refused.value.code == "needs_three"
    assert digest() == before
    appoint_panel(actor=desk.boss, dispute=dispute, reviewers=desk.reviewers[:3])
    assert Panel.objects.get().size == 3

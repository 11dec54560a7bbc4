"""Conversations drawn by chance that anybody can repeat, scored, objected to once, heard by a second (A51.12)."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from halkhata.desks.tickets.services.answering import answer_ticket
from halkhata.desks.tickets.services.calling import open_for_caller
from halkhata.engines.messaging.models import Mailbox, Message
from halkhata.engines.work.models import Notification
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from halkhata.oversight.quality.models import GuideVersion, Sample, Scorecard
from halkhata.oversight.quality.selectors.report import months_with_samples, report
from halkhata.oversight.quality.services.drawing import draw_for, draw_month, drawn, month_before, seed_of
from halkhata.oversight.quality.services.guide import current_guide, current_rubric, save_guide, save_rubric
from halkhata.oversight.quality.services.scoring import answer_dispute, dispute, percent_of, score
from halkhata.oversight.quality.starting_texts import GUIDE_BN
from halkhata.records.customers.services.customers import create_customer

pytestmark = pytest.mark.django_db
MONTH = date(2026, 10, 1)


@pytest.fixture
def desk(shop):
    Mailbox.objects.create(
        name="Care", address="care@example.com", branch=shop.branch, team=shop.team, is_default=True,
        smtp_host="127.0.0.1", smtp_port=1,
    )  # fmt: skip
    return shop


@pytest.fixture
def answered(desk):
    """``answered(7)``: so many tickets that rafi answered in October."""
    customer = create_customer(actor=desk.agent, name_en="Rahima Test", emails=["rahima@example.com"], language="en")

    def make(count, author=None):
        made = []
        for number in range(count):
            ticket = open_for_caller(actor=desk.agent, customer=customer, text=f"Case {number}")
            answer_ticket(actor=author or desk.agent, ticket=ticket, text="We come on Monday.")
            made.append(ticket)
        Message.objects.update(at=datetime(2026, 10, 12, 6, tzinfo=UTC))
        return made

    return make


@pytest.fixture
def sample(desk, answered):
    answered(1)
    return draw_for(actor=None, user=desk.agent, month=MONTH)[0]


def points(value=4, rubric=None):
    return {line.pk: value for line in (rubric or current_rubric()).lines.all()}


# ------------------------------------------------------------------------------------------------------------ drawing
def test_same_seed_and_candidates_give_the_same_draw_in_whatever_order():
    seed = seed_of(MONTH, 7)
    assert drawn([5, 1, 9, 3, 7], seed=seed, count=3) == drawn([9, 7, 5, 3, 1, 1], seed=seed, count=3)
    assert drawn([1, 2], seed=seed, count=5) in ([1, 2], [2, 1])
    draws = {tuple(drawn(range(100), seed=seed_of(MONTH, user), count=5)) for user in range(40)}
    assert len(draws) == 40
    assert seed_of(MONTH, 7) != seed_of(date(2026, 11, 1), 7)


def test_draw_is_stored_with_seed_and_stays_when_more_is_written(desk, answered):
    answered(8)
    first = draw_for(actor=desk.lead, user=desk.agent, month=MONTH)
    assert len(first) == current_rubric().per_month == 5
    assert (first[0].seed, first[0].drawn_from) == (seed_of(MONTH, desk.agent.pk), 8)
    answered(3)
    again = draw_for(actor=desk.lead, user=desk.agent, month=MONTH)
    assert [one.conversation_id for one in again] == [one.conversation_id for one in first]
    assert AuditEntry.objects.filter(action="quality.draw").count() == 1


def test_only_own_public_answers_of_that_month_are_drawn_from(desk, answered):
    answered(2)
    assert draw_for(actor=None, user=desk.agent2, month=MONTH) == []
    # The last hour of September in Dhaka, though October has begun nowhere else.
    Message.objects.update(at=datetime(2026, 9, 30, 17, 59, tzinfo=UTC))
    assert draw_for(actor=None, user=desk.agent, month=MONTH) == []
    Message.objects.update(at=datetime(2026, 9, 30, 18, 0, tzinfo=UTC))
    assert len(draw_for(actor=None, user=desk.agent, month=MONTH)) == 2


def test_month_is_drawn_for_everybody_who_answers(desk, answered):
    answered(2)
    answered(1, author=desk.agent2)
    assert draw_month(actor=None, month=MONTH) == 3
    assert draw_month(actor=None, month=MONTH) == 3
    assert Sample.objects.count() == 3
    assert month_before(datetime(2026, 10, 31, 19, tzinfo=UTC)) == MONTH


# ------------------------------------------------------------------------------------------------------------ scoring
def test_score_is_told_and_kept_with_its_version(desk, sample):
    card = score(actor=desk.lead, sample=sample, points=points(4), comment="Good")
    assert (card.percent, card.rubric.version, card.user) == (80, 1, desk.agent)
    told = Notification.objects.get(verb="quality.scored")
    assert (told.user, told.data["url"]) == (desk.agent, f"/quality/{sample.pk}/")
    save_rubric(actor=desk.owner, lines=[("ভদ্রতা", "Courtesy", "", "")], per_month=3, seen=1)
    card.refresh_from_db()
    assert (card.rubric.version, card.lines.count()) == (1, 4)
    with pytest.raises(Conflict, match="scored_already"):
        score(actor=desk.owner, sample=sample, points=points(1))


@pytest.mark.parametrize(
    ("given", "percent"), [([5, 5, 5, 5], 100), ([0, 0, 0, 0], 0), ([1, 0, 0, 0], 5), ([5, 5, 4], 93)]
)
def test_percent(given, percent):
    assert percent_of(dict(enumerate(given))) == percent


def test_points_must_be_whole_and_nobody_scores_himself(desk, sample):
    with pytest.raises(DomainError, match="points_missing"):
        score(actor=desk.lead, sample=sample, points={})
    with pytest.raises(DomainError, match="bad_points"):
        score(actor=desk.lead, sample=sample, points=points(6))
    with pytest.raises(PermissionRefused):
        score(actor=desk.agent2, sample=sample, points=points())
    desk.agent.role.permissions = [*desk.agent.role.permissions, "quality.score"]
    desk.agent.role.save()
    with pytest.raises(NotFound):
        score(actor=desk.agent, sample=sample, points=points())
    with pytest.raises(IntegrityError), transaction.atomic():
        Scorecard.objects.create(
            sample=sample, user=desk.agent, scorer=desk.agent, rubric=current_rubric(), scored_at=now(), percent=100
        )


def test_objection_once_with_a_reason_heard_by_a_second(desk, sample):
    card = score(actor=desk.lead, sample=sample, points=points(2))
    with pytest.raises(NotFound):
        dispute(actor=desk.agent2, card=card, text="Not mine")
    with pytest.raises(DomainError, match="no_text"):
        dispute(actor=desk.agent, card=card, text="\u200b ")
    dispute(actor=desk.agent, card=card, text="The customer had hung up.")
    with pytest.raises(Conflict, match="disputed_already"):
        dispute(actor=desk.agent, card=card, text="And again")
    told = set(Notification.objects.filter(verb="quality.disputed").values_list("user__username", flat=True))
    assert told == {"manager", "owner"}
    with pytest.raises(PermissionRefused, match="same_supervisor"):
        answer_dispute(actor=desk.lead, card=card, text="No")
    answer_dispute(actor=desk.manager, card=card, text="You are right.", points=points(5))
    card.refresh_from_db()
    assert (card.percent_before, card.percent, card.outcome) == (40, 100, "changed")
    assert {line.second_points for line in card.lines.all()} == {5}
    with pytest.raises(Conflict, match="nothing_to_answer"):
        answer_dispute(actor=desk.owner, card=card, text="Once more")


def test_database_lets_no_scorer_hear_the_objection(desk, sample):
    card = score(actor=desk.lead, sample=sample, points=points(2))
    dispute(actor=desk.agent, card=card, text="Because")
    answer = {"answered_at": now(), "outcome": "kept", "answer_text": "No"}
    for person in (desk.lead, desk.agent):
        with pytest.raises(IntegrityError), transaction.atomic():
            Scorecard.objects.filter(pk=card.pk).update(answered_by=person, **answer)
    assert Scorecard.objects.filter(pk=card.pk).update(answered_by=desk.manager, **answer) == 1


def test_supervisor_sees_only_people_and_work_in_reach(desk, sample):
    desk.lead.role.scope = "own"
    desk.lead.role.save()
    with pytest.raises(NotFound):
        score(actor=desk.lead, sample=sample, points=points())


# ---------------------------------------------------------------------------------------------------- guide and report
def test_guide_begins_in_the_respectful_form_and_keeps_its_versions(desk):
    assert "“আপনি”" in current_guide().text_bn == GUIDE_BN
    save_guide(actor=desk.owner, text_bn="আপনি বলুন।", text_en="", seen=0)
    save_guide(actor=desk.owner, text_bn="সব সময় আপনি বলুন।", text_en="", seen=1)
    assert list(GuideVersion.objects.values_list("version", "text_bn")) == [
        (2, "সব সময় আপনি বলুন।"), (1, "আপনি বলুন।"),
    ]  # fmt: skip
    with pytest.raises(Conflict, match="changed_meanwhile"):
        save_guide(actor=desk.owner, text_bn="পুরোনো পাতা থেকে", text_en="", seen=1)
    with pytest.raises(PermissionRefused):
        save_guide(actor=desk.lead, text_bn="আপনি", text_en="", seen=2)


def test_report_averages_by_person_and_month_in_fixed_statements(desk, answered):
    answered(3)
    samples = draw_for(actor=None, user=desk.agent, month=MONTH)
    score(actor=desk.lead, sample=samples[0], points=points(5))
    score(actor=desk.lead, sample=samples[1], points=points(2))
    months = months_with_samples(desk.lead)
    ((person, (cell,)),) = report(desk.lead, months)
    assert (person, months, cell.drawn, cell.scored, cell.average) == (desk.agent, [MONTH], 3, 2, 70)
    with CaptureQueriesContext(connection) as captured:
        report(desk.lead, months)
    few = len(captured)
    answered(4, author=desk.agent2)
    draw_for(actor=None, user=desk.agent2, month=MONTH)
    with CaptureQueriesContext(connection) as captured:
        report(desk.lead, months)
    assert len(captured) <= few


# -------------------------------------------------------------------------------------------------------------- pages
def test_pages_from_draw_to_answered_objection(desk, answered, client_as, time_machine):
    answered(1)
    time_machine.move_to(datetime(2026, 11, 22, 4, tzinfo=UTC))
    lead = client_as(desk.lead)
    lead.post("/quality/draw/")
    found = Sample.objects.get()
    assert "Case 0" in lead.get("/quality/").content.decode()
    page = lead.get(f"/quality/{found.pk}/").content.decode()
    assert "We come on Monday." in page
    assert lead.post(f"/quality/{found.pk}/score/", {}).status_code == 422
    given = {f"line_{pk}": "3" for pk in points()}
    assert lead.post(f"/quality/{found.pk}/score/", {**given, "words": "Fine"}).status_code == 302
    agent = client_as(desk.agent)
    assert "60 of 100" in agent.get("/quality/mine/").content.decode()
    assert "I see it otherwise" in agent.get(f"/quality/{found.pk}/").content.decode()
    assert agent.post(f"/quality/{found.pk}/objection/", {"text": ""}).status_code == 422
    assert agent.post(f"/quality/{found.pk}/objection/", {"text": "Why"}).status_code == 302
    assert "I see it otherwise" not in agent.get(f"/quality/{found.pk}/").content.decode()
    assert "Answer the objection" not in lead.get(f"/quality/{found.pk}/").content.decode()
    manager = client_as(desk.manager)
    assert "Answer the objection" in manager.get(f"/quality/{found.pk}/").content.decode()
    assert "Case 0" in manager.get("/quality/?box=disputed").content.decode()
    assert manager.post(f"/quality/{found.pk}/answer/", {"words": "It stays."}).status_code == 302
    assert Scorecard.objects.get().outcome == "kept"
    assert "60" in lead.get("/quality/report/").content.decode()
    stranger = client_as(desk.agent2)
    assert stranger.get(f"/quality/{found.pk}/").status_code == 404
    assert stranger.get("/quality/").status_code == 403


def test_guide_and_scorecard_are_edited_by_who_may_change_settings(desk, client_as):
    owner, agent = client_as(desk.owner), client_as(desk.agent, language="bn")
    assert "আপনি" in agent.get("/quality/guide/").content.decode()
    assert agent.get("/quality/settings/guide/").status_code == 403
    answer = owner.post("/quality/settings/guide/", {"text_bn": "আপনি বলুন।", "text_en": "Be kind.", "seen": "0"})
    assert answer.status_code == 302
    assert "Be kind." in owner.get("/quality/guide/").content.decode()
    seen = current_rubric().version
    fields = {"per_month": "৪", "seen": seen, "name_bn_1": "ভদ্রতা", "name_en_1": "Courtesy"}
    assert owner.post("/quality/settings/rubric/", fields).status_code == 302
    assert (current_rubric().version, current_rubric().per_month, current_rubric().lines.count()) == (seen + 1, 4, 1)
    assert owner.post("/quality/settings/rubric/", fields).status_code == 409

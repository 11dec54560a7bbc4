"""The desk's pages: what they show in each state, and a constant number of queries."""

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from halkhata.desks.disputes.models import Dispute, OutsideCase
from halkhata.desks.disputes.services.offers import make_offer
from halkhata.desks.disputes.services.outside import end_case, open_case, remind_of_hearings
from halkhata.desks.disputes.services.remedies import plan_action
from halkhata.desks.disputes.tests.conftest import TEXTS, decide, make_dispute, make_item, to_review
from halkhata.desks.disputes.views.steps import STEPS
from halkhata.engines.work.models import Notification
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, PermissionRefused
from halkhata.records.catalog.days import today
from halkhata.records.customers.services.customers import create_customer


def test_staff_open_a_dispute_from_a_linked_item(desk: Any, linked: Any, client_as: Any) -> None:
    client = client_as(desk.officer)
    page = client.get(f"/disputes/new/?about={linked.number}")
    assert page.status_code == 200
    sent = {
        "statement": "Nobody came for three weeks", "ground": "delay", "wish": "repair", "channel": "phone",
        "cause_on": (today() - timedelta(days=21)).isoformat(),
    }  # fmt: skip
    answer = client.post(f"/disputes/new/?about={linked.number}", sent)
    dispute = Dispute.objects.get()
    assert answer.status_code == 302
    assert (dispute.about_id, dispute.customer_id, dispute.branch_id) == (linked.pk, linked.customer_id, desk.branch.pk)
    again = client.post(f"/disputes/new/?about={linked.number}", sent)
    assert again["Location"] == f"/disputes/{dispute.number}/"
    assert Dispute.objects.count() == 1
    wrong = client.post("/disputes/new/?about=D-1", {**sent, "ground": ""})
    assert wrong.status_code == 200  # a dispute is not about a dispute: the page asks what it is about


def test_whole_case_through_the_pages(desk: Any, dispute: Any, client_as: Any) -> None:
    officer, boss, judge = (client_as(one) for one in (desk.officer, desk.boss, desk.reviewers[0]))
    at = f"/disputes/{dispute.number}/"

    def state() -> str:
        dispute.refresh_from_db()
        return str(dispute.state)

    assert "day 8 of 30" in officer.get(at).content.decode()
    assert officer.post(f"{at}begin/").status_code == 302
    upload = SimpleUploadedFile("memo.txt", b"Memo 17")
    assert officer.post(f"{at}add/", {"party": "house", "file": upload, "fact": "memo"}).status_code == 302
    assert officer.post(f"{at}missing/", {"fact": "job_cards", "why": "It never came in"}).status_code == 302
    chosen = boss.get(f"{at}panel/").content.decode()
    assert "Neutral" in chosen
    assert boss.post(f"{at}panel/", {"reviewers": [desk.reviewers[0].pk]}).status_code == 302
    assert boss.post(f"{at}begin-review/", {"early_why": "both agreed"}).status_code == 302
    assert state() == "under_review"
    assert judge.get(f"{at}file/").status_code == 200
    assert judge.get(f"{at}decision/").status_code == 200
    draft = {
        **TEXTS, "finding": "upheld", "root_cause": "product_defect", "remedy": "replace",
        "deadline_on": (today() + timedelta(days=7)).isoformat(),
    }  # fmt: skip
    assert judge.post(f"{at}decision/", draft).status_code == 302
    assert judge.post(f"{at}sign/").status_code == 409  # no vote yet
    assert judge.post(f"{at}vote/", {"finding": "upheld"}).status_code == 302
    assert judge.post(f"{at}sign/", {"version": "1"}).status_code == 302
    assert state() == "decided"
    for language in ("bn", "en"):
        sheet = officer.get(f"{at}letter/{language}.pdf")
        assert sheet["Content-Type"] == "application/pdf"
        assert sheet.content.startswith(b"%PDF")
    told = {"how": "email", "text": "It is decided, see the sheet", "is_outcome": "on"}
    assert officer.post(f"{at}tell/", told).status_code == 302
    assert dispute.conversation.messages.last().attachments.get().file.content_type == "application/pdf"
    assert state() == "remedy"
    assert officer.post(f"{at}close/").status_code == 409
    remedy = dispute.remedies.get()
    assert officer.post(f"{at}remedy-done/{remedy.pk}/", {"note": "Delivered"}).status_code == 302
    assert officer.post(f"{at}close/").status_code == 302
    assert state() == "closed"
    assert "Nobody came for three weeks." in officer.get(at).content.decode()


@pytest.mark.parametrize("language", ["bn", "en"])
def test_every_page_and_every_step_opens_in_both_languages(
    desk: Any, rahima: Any, dispute: Any, client_as: Any, language: str
) -> None:
    make_offer(
        actor=desk.officer, dispute=dispute, remedy="apology", text="Sorry", valid_until=now() + timedelta(days=2)
    )
    plan_action(
        actor=desk.officer, dispute=dispute, kind="corrective", what="Two vans", owner=desk.lead, due_on=today()
    )
    other = make_dispute(desk, rahima, make_item(desk, rahima))
    to_review(desk, other)
    decide(desk, other)
    case = open_case(
        actor=desk.owner, dispute=other, case_number="17/2026", office="DNCRP", hearing_at=now() + timedelta(days=3)
    )
    rows = {"remedy": other.remedies.get().pk, "action": dispute.actions.get().pk, "case": case.pk}
    client = client_as(desk.owner, language)
    for path in ("", "?view=all", "register/?q=fridge", "consistency/", "actions/", "cases/", "settings/", "new/"):
        assert client.get(f"/disputes/{path}").status_code == 200, path
    for one in (dispute, other):
        for path in ("", "file/", "panel/"):
            assert client.get(f"/disputes/{one.number}/{path}").status_code == 200, path
    for code, step in STEPS.items():
        about = dispute if code.startswith("action_") else other
        path = f"/disputes/{about.number}/{code.replace('_', '-')}/"
        if step.row is not None:
            path += f"{rows[code.split('_')[0]]}/"
        assert client.get(path).status_code == 200, path


def test_board_and_page_cost_the_same_whatever_their_number(
    desk: Any, rahima: Any, dispute: Any, client_as: Any
) -> None:
    client = client_as(desk.owner)
    client.get("/disputes/")

    def cost(path: str) -> int:
        with CaptureQueriesContext(connection, ) as seen:  # fmt: skip
            assert client.get(path).status_code == 200
        return len(seen)

    board, page = cost("/disputes/"), cost(f"/disputes/{dispute.number}/")
    for _number in range(4):
        make_dispute(desk, rahima, make_item(desk, rahima))
        plan_action(actor=desk.officer, dispute=dispute, kind="corrective", what="x", owner=desk.lead, due_on=today())
    assert cost("/disputes/") == board
    assert cost(f"/disputes/{dispute.number}/") <= page + 1


def test_register_finds_decisions_in_both_scripts_and_nothing_else(desk: Any, dispute: Any, client_as: Any) -> None:
    to_review(desk, dispute)
    decide(desk, dispute)
    client = client_as(desk.officer)
    for words in ("ফ্রিজ", "FRIDGE three weeks", "ওয়ারেন্টির শর্ত ২", dispute.number):
        assert dispute.number in client.get("/disputes/register/", {"q": words}).content.decode(), words
    assert dispute.number not in client.get("/disputes/register/", {"q": "motorcycle"}).content.decode()


def test_outside_case_is_seen_by_few_and_reminds_seven_three_and_one_day_before(
    desk: Any, dispute: Any, client_as: Any, digest: Any
) -> None:
    hearing = now() + timedelta(days=9)
    before = digest()
    with pytest.raises(PermissionRefused):
        open_case(actor=desk.officer, dispute=dispute, case_number="1", office="DNCRP", hearing_at=hearing)
    assert digest() == before
    case = open_case(actor=desk.owner, dispute=dispute, case_number="17/2026", office="DNCRP", hearing_at=hearing)
    with pytest.raises(Conflict):
        open_case(actor=desk.owner, dispute=dispute, case_number="17/2026", office="DNCRP")
    client = client_as(desk.officer)
    assert "17/2026" not in client.get(f"/disputes/{dispute.number}/").content.decode()
    assert client.get("/disputes/cases/").status_code == 403
    assert client.get(f"/disputes/{dispute.number}/case/{case.pk}/").status_code == 403
    for days in (9, 7, 7, 5, 3, 2, 1):
        remind_of_hearings(hearing - timedelta(days=days))
    told = Notification.objects.filter(verb="dispute.hearing").order_by("pk")
    assert [one.data["days"] for one in told] == [7, 3, 1] or len(told) == 3
    assert set(told.values_list("user_id", flat=True)) == {desk.owner.pk}
    end_case(actor=desk.owner, case=case, result="Nothing was found", fine=None)
    assert OutsideCase.objects.get().state == "ended"


def test_papers_are_one_zip_with_every_file_and_its_hash(desk: Any, dispute: Any, client_as: Any) -> None:
    to_review(desk, dispute)
    decide(desk, dispute)
    client = client_as(desk.owner)
    answer = client.get(f"/disputes/{dispute.number}/papers.zip")
    pack = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert {"papers.pdf", "decision-1-bn.pdf", "decision-1-en.pdf", "evidence.csv"} <= set(pack.namelist())
    assert dispute.evidence.first().sha256 in pack.read("evidence.csv").decode("utf-8-sig")
    assert client_as(desk.officer).get(f"/disputes/{dispute.number}/papers.zip").status_code == 403


def test_dispute_of_another_branch_answers_as_one_that_does_not_exist(desk: Any, dispute: Any, client_as: Any) -> None:
    from tests.support.fixtures_shop import make_user

    stranger = make_user("stranger", branch=desk.head, role=desk.roles["front_desk"])
    client = client_as(stranger)
    assert client.get(f"/disputes/{dispute.number}/").status_code == 404
    assert client.get("/disputes/D-999999/").status_code == 404
    assert dispute.number not in client.get("/disputes/?view=all").content.decode()


def test_panel_page_says_why_somebody_may_not(desk: Any, rahima: Any, linked: Any, client_as: Any) -> None:
    from halkhata.engines.work.services.items import record_event

    record_event(actor=desk.reviewers[0], item=linked, kind="note")
    dispute = make_dispute(desk, rahima, linked)
    client_as(desk.officer).post(f"/disputes/{dispute.number}/begin/")
    client = client_as(desk.boss)
    assert "worked on it" in client.get(f"/disputes/{dispute.number}/panel/").content.decode()
    answer = client.post(f"/disputes/{dispute.number}/panel/", {"reviewers": [desk.reviewers[0].pk]})
    assert answer.status_code == 400 or answer.status_code == 422
    assert "cannot judge this dispute" in answer.content.decode()


def test_customers_disputes_stand_on_the_customers_page(desk: Any, dispute: Any, client_as: Any) -> None:
    customer = create_customer(actor=desk.agent, name_en="Karim Test", phones=["01100000002"])
    client = client_as(desk.officer)
    assert dispute.number in client.get(f"/customers/{dispute.customer_id}/panels/main/").content.decode()
    assert dispute.number not in client.get(f"/customers/{customer.pk}/panels/main/").content.decode()

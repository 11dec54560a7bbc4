"""Shoes that fail and a manager who says "nothing we can do" (B6 case 2): here a refusal is a decision on record.

It has a reason and a way to appeal; the dispute about it is judged by somebody who had no part in it; the letter says
why and where else to go.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from halkhata.foundation.printing.tests.support import missing
from tests.journeys.after_sale import (
    LANGUAGES,
    People,
    ask_return,
    dispute_step,
    fill,
    open_dispute,
    return_step,
    running_shop,
    sell,
    send,
    told,
    trouble_of,
)
from tests.support.fixtures_process import LiveApp

pytestmark = [pytest.mark.needs_chromium, pytest.mark.one_database]

REASON = "দাগ আছে, তাই নেওয়া যাবে না।"
WORDS = {
    "facts_bn": "দুই দিনেই নষ্ট হয়েছে।", "facts_en": "It failed after two days.",
    "clause_bn": "ফেরতের নিয়ম ১।", "clause_en": "Rules of returns, clause 1.",
    "reasons_bn": "দাগটি ত্রুটির কারণ নয়।", "reasons_en": "The scratch is not why it failed.",
}  # fmt: skip
FACTS = """
dispute, back = Dispute.objects.get(number="%s"), ReturnRequest.objects.get(number="%s")
print(json.dumps({
    "refused": [back.stage, back.reject_reason, back.rejected_by.username, back.appealed_at is None],
    "panel": [[one.user.username, one.state, one.left_why]
              for one in PanelMember.objects.filter(dispute=dispute).order_by("pk")],
    "near": Interest.objects.filter(dispute=dispute).values_list("user__username", flat=True).first(),
    "decision": [[d.finding, d.remedy, d.written_by.username, len(d.votes)] for d in dispute.decisions.all()],
    "state": dispute.state, "told": dispute.told_how,
}))
"""
PANELS = """
import hashlib
rows = [list(m.objects.order_by("pk").values_list()) for m in (Dispute, Panel, PanelMember, Interest)]
print(json.dumps(hashlib.sha256(str(rows).encode()).hexdigest()))
"""


@pytest.fixture(scope="module")
def shop_app() -> Iterator[LiveApp]:
    with running_shop() as app:
        yield app


@pytest.mark.parametrize("language", LANGUAGES)
def test_refusal_is_recorded_with_its_appeal_and_a_neutral_panel_decides_by_letter(
    shop_app: LiveApp, new_page: Any, language: str
) -> None:
    app, people = shop_app, People(shop_app, new_page, language)
    serial, phone = f"SHOE-{language}-1", "01100000211" if language == "bn" else "01100000212"
    unit = sell(people, "F220", who=phone, name="করিম মিয়া", identifier_serial=serial)

    # A refusal wants its reason; then it stands on record, and the customer reads it with the way to appeal.
    back = ask_return(people, unit, reason_code="defect", note="দুই দিনেই নষ্ট", wish="replacement")
    page = people.at("manager", f"/returns/{back}/")
    reject = f"form[action='/returns/{back}/reject/']"
    assert send(page, reject) == 422
    assert told(app, f"print(json.dumps(ReturnRequest.objects.get(number='{back}').stage))") == "requested"
    page = return_step(people, back, "reject", reason=REASON)
    assert REASON in page.locator("main").inner_text()
    link = told(
        app,
        "from halkhata.desks.returns.tracking import tracking_token\n"
        f"print(json.dumps(tracking_token(ReturnRequest.objects.get(number='{back}'))))",
    )
    customer = new_page(width=390, height=844, language=language, javascript=False)
    customer.goto(f"{app.base_url}/c/returns/{link}/?lang={language}")
    assert REASON in customer.locator("main").inner_text()
    assert customer.locator("form[action*='appeal'] textarea").is_visible()

    # The dispute about the refusal.
    today = told(app, "import datetime; print(json.dumps(datetime.date.today().isoformat()))")
    dispute = open_dispute(
        people, back, ground="return_refused", statement="কেন ফেরত নেবে না?", wish="replace", cause_on=today,
        channel="counter",
    )  # fmt: skip
    dispute_step(people, dispute, "begin")

    # Whoever belongs to the branch cannot be ticked by its manager, and is refused when asked for all the same.
    page = people.at("manager", f"/disputes/{dispute}/panel/")
    near = page.locator("main tbody tr", has_text=NEAR[language])
    assert near.count() > 0
    for row in near.all():
        assert BRANCH_WORDS[language] in row.inner_text()
        assert row.locator("[name=reviewers]").count() == 0
    before = told(app, PANELS)
    tick = page.locator("[name=reviewers]").first
    tick.evaluate("(one, pk) => { one.value = pk; one.checked = true }", pk_of(app, "near", language))
    assert send(page, "main form[method=post]") == 422
    assert BRANCH_WORDS[language] in trouble_of(page)
    assert told(app, PANELS) == before

    # The first judge steps back, for a reason that stays; another takes the seat.
    choose(people, app, dispute, "judge")
    page = dispute_step(people, dispute, "recuse", by="judge", why="আমার আত্মীয়")
    page = people.at("boss", f"/disputes/{dispute}/")
    assert "আমার আত্মীয়" in page.locator("main").inner_text()
    page = people.at("boss", f"/disputes/{dispute}/panel/")
    assert page.locator(f"[name=reviewers][value='{pk_of(app, 'judge', language)}']").count() == 0
    choose(people, app, dispute, "judge2")
    dispute_step(people, dispute, "begin-review", by="boss", early_why="দুই পক্ষেরই আর কিছু বলার নেই")

    # Written, voted, signed.
    page = people.at("judge2", f"/disputes/{dispute}/decision/")
    deadline = told(
        app, "import datetime; print(json.dumps((datetime.date.today() + datetime.timedelta(days=7)).isoformat()))"
    )
    draft = "form:has([name=facts_bn])"
    fill(page, draft, finding="upheld", root_cause="return_refused", remedy="replace", deadline_on=deadline, **WORDS)
    assert send(page, draft) == 200, trouble_of(page)
    vote = f"form[action='/disputes/{dispute}/vote/']"
    fill(page, vote, finding="upheld")
    assert send(page, vote) == 200, trouble_of(page)
    assert send(page, f"form[action='/disputes/{dispute}/sign/']") == 200, trouble_of(page)

    # The letter, in both languages, opened and read.
    for spoken in LANGUAGES:
        answer = page.context.request.get(f"{app.base_url}/disputes/{dispute}/letter/{spoken}.pdf")
        assert answer.status == 200
        words = [WORDS[f"facts_{spoken}"], WORDS[f"clause_{spoken}"], WORDS[f"reasons_{spoken}"], LETTER[spoken]]
        assert missing(answer.body(), words) == []

    # Told by letter, the remedy done, closed.
    page = dispute_step(people, dispute, "tell", how="letter", text="চিঠি দেওয়া হয়েছে।", is_outcome=True)
    remedy = page.locator("a[href*='/remedy-done/']").get_attribute("href")
    dispute_step(people, dispute, remedy.split(f"{dispute}/")[1].rstrip("/"), note="নতুনটি দেওয়া হয়েছে")
    dispute_step(people, dispute, "close")
    assert told(app, FACTS % (dispute, back)) == {
        "refused": ["rejected", REASON, f"manager-{language}", True],
        "panel": [[f"judge-{language}", "recused", "আমার আত্মীয়"], [f"judge2-{language}", "sitting", ""]],
        "near": f"judge-{language}",
        "decision": [["upheld", "replace", f"judge2-{language}", 1]],
        "state": "closed", "told": "letter",
    }  # fmt: skip
    assert people.problems() == []


BRANCH_WORDS = {
    "en": "belongs to the branch that sold or served it", "bn": "যে শাখা বিক্রি বা সার্ভিস করেছে সেই শাখার লোক",
}  # fmt: skip
NEAR = {"en": "Near-", "bn": "নাসির"}
LETTER = {"en": "You may appeal once until", "bn": "পর্যন্ত একবার আপিল করতে পারেন"}


def pk_of(app: LiveApp, name: str, language: str) -> str:
    """The id of a member of staff."""
    return str(
        told(
            app,
            "from halkhata.foundation.accounts.models import User\n"
            f"print(json.dumps(User.objects.get(username='{name}-{language}').pk))",
        )
    )


def choose(people: People, app: LiveApp, dispute: str, name: str) -> None:
    """Head office puts somebody on the panel."""
    page = people.at("boss", f"/disputes/{dispute}/panel/")
    page.locator(f"[name=reviewers][value='{pk_of(app, name, people.language)}']").check()
    assert send(page, "main form[method=post]") == 200, trouble_of(page)
    assert page.url.endswith(f"/disputes/{dispute}/"), trouble_of(page)

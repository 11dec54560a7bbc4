"""A repair under warranty is claimed from the company: a photo lacks, it is found before the claim goes out, and less
comes than was approved (flow 6)."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from halkhata.foundation.core.formatting import format_money, format_ref
from halkhata.foundation.printing.tests.support import missing
from tests.journeys.after_sale import (
    LANGUAGES,
    People,
    fill,
    job_step,
    life_of,
    running_shop,
    sell,
    send,
    take_in,
    tick_bench,
    told,
    trouble_of,
)
from tests.journeys.test_customer_follows_a_complaint import photo
from tests.support.fixtures_process import LiveApp, wait_until

pytestmark = [pytest.mark.needs_chromium, pytest.mark.one_database]

DIGITS = {"en": "latin", "bn": "bengali"}
WORDS = {
    "en": {
        "missing": ["Defect code", "Photo or paper: Serial number plate", "The tag of the old part"],
        "complete": "Everything the company asks for is there.", "short": "Paid short",
        "stages": ["With the company", "Partly approved", "Credited"],
        "claimed": "2,800", "approved": "2,300", "credited": "1,800", "difference": "500",
    },
    "bn": {
        "missing": ["ত্রুটির কোড", "ছবি বা কাগজ: সিরিয়াল নম্বরের প্লেট", "পুরোনো পার্টসের ট্যাগ"],
        "complete": "কোম্পানি যা চায় সব আছে।", "short": "কম দিয়েছে",
        "stages": ["কোম্পানির কাছে আছে", "আংশিক মঞ্জুর", "টাকা জমা হয়েছে"],
        "claimed": "২,৮০০", "approved": "২,৩০০", "credited": "১,৮০০", "difference": "৫০০",
    },
}  # fmt: skip
CLAIM = """
from halkhata.desks.claims.models import Claim
claim = Claim.objects.filter(about__number="%s").first()
print(json.dumps(claim and claim.number))
"""
# Each of them was paid 500 short.
SHORT = """
from halkhata.desks.claims.models import Claim
print(json.dumps(500 * Claim.objects.filter(stage="credited").count()))
"""
FACTS = """
from halkhata.desks.claims.models import Claim
claim = Claim.objects.get(number="%s")
print(json.dumps({
    "stage": claim.stage, "sent": bool(claim.submitted_at), "by": claim.submitted_by and claim.submitted_by.username,
    "money": [str(claim.claimed_amount), str(claim.approved_amount), str(claim.credited_amount)],
    "company_number": claim.company_number, "short_reason": claim.short_reason, "answer": claim.answer,
    "days": (claim.deadline_on - claim.repaired_on).days,
    "serials": [claim.faulty_serial, claim.replacement_serial],
    "files": sorted(row.kind for row in claim.files.all()),
    "credits": [[note.number, str(note.amount)] for note in claim.credits.all()],
    "parts": [[part.serial, bool(part.dispatch_id)] for part in claim.old_parts.all()],
}))
"""


@pytest.fixture(scope="module")
def shop_app() -> Iterator[LiveApp]:
    with running_shop() as app:
        yield app


@pytest.mark.parametrize("language", LANGUAGES)
def test_claim_lacks_a_photo_is_verified_sent_and_paid_short(
    shop_app: LiveApp, new_page: Any, tmp_path: Path, language: str
) -> None:
    app, people, words = shop_app, People(shop_app, new_page, language), WORDS[language]
    rules_of_the_company(people)
    phone = "01100000251" if language == "bn" else "01100000252"
    serial, old_part, new_part = (f"{name}-{language}-1".upper() for name in ("CLAIM", "COMPOLD", "COMPNEW"))
    unit = sell(people, "F220", who=phone, name="রহিমা বেগম", identifier_serial=serial)

    # The warranty pays the part; the card is ready, and the claim lies there by itself with the card's own photo.
    job = take_in(people, unit, complaint="ঠান্ডা হয় না")
    page = people("advisor")
    page.locator("#diagnose textarea").fill("কম্প্রেসর বিকল")
    assert send(page, "#diagnose") == 200
    line = f"form[action='/jobs/{job}/lines/']"
    fill(
        page, line, kind="part", text="কম্প্রেসর", unit_price="৩২০০", cost="২৮০০", faulty_serial=old_part,
        replacement_serial=new_part,
    )  # fmt: skip
    assert send(page, line, "button.btn-primary") == 200, trouble_of(page)
    photos = f"form[action='/jobs/{job}/photos/']"
    page.locator(f"{photos} [name=photos]").set_input_files([photo(tmp_path, "কম্প্রেসর.jpg", (20, 0, 0))])
    fill(page, photos, taken_when="bench")
    assert send(page, photos) == 200, trouble_of(page)
    job_step(page, "working")
    tick_bench(page)
    job_step(page, "tested")
    job_step(page, "ready")
    wait_until(lambda: told(app, CLAIM % job), seconds=30, what="no claim was begun")
    claim = told(app, CLAIM % job)
    path = f"/claims/{claim}/"
    draft = told(app, FACTS % claim)
    assert draft == {
        "stage": "draft", "sent": False, "by": None, "money": ["2800.00", "0.00", "0.00"], "company_number": "",
        "short_reason": "", "answer": "", "days": 15, "serials": [old_part, new_part], "files": ["failed_part"],
        "credits": [], "parts": [],
    }  # fmt: skip

    # It is looked at with the eyes of the company before it goes out; what is sent all the same stays here.
    page = people.at("advisor", "/claims/")
    page.locator(f"main a[href='{path}']").first.click()
    assert page.locator("#verify ul").first.inner_text().splitlines() == words["missing"]
    assert send(page, f"form[action='{path}submit/']") == 422
    assert all(word.split(": ")[-1] in trouble_of(page) for word in words["missing"]), trouble_of(page)
    assert told(app, FACTS % claim) == draft

    step(page, path, "edit", **{"edit-defect_code": "c-17"})
    step(page, path, "part", **{"part-name": "কম্প্রেসর", "part-serial": old_part, "part-shelf": "তাক ২"})
    plate = f"form[action='{path}photo/']"
    page.locator(f"{plate} [name=photo-photos]").set_input_files([photo(tmp_path, "প্লেট.jpg", (60, 0, 0))])
    step(page, path, "photo", **{"photo-kind": "serial_plate"})
    assert words["complete"] in page.locator("#verify").inner_text()
    step(page, path, "submit", **{"submit-company_number": f"TST-{language}-9"})
    assert page.locator(f"form[action='{path}edit/']").count() == 0
    # Whoever sends a claim does not write down what the company pays.
    assert page.locator(f"form[action='{path}decide/']").count() == 0

    # The papers: the form says what was claimed, the pack holds the form, the card and both photos.
    papers = page.context.request
    form = papers.get(f"{app.base_url}{path}form.pdf")
    assert missing(form.body(), [serial, "C-17", old_part, new_part]) == []
    answer = papers.get(f"{app.base_url}{path}papers.zip")
    assert answer.status == 200
    pack = zipfile.ZipFile(io.BytesIO(answer.body()))
    listed = json.loads(pack.read("manifest.json"))
    assert sorted(one["kind"] for one in listed["files"]) == ["failed_part", "form", "job_card", "serial_plate"]
    assert papers.get(f"{app.base_url}{path}tags.pdf").body()[:5] == b"%PDF-"

    # The company grants less, and says why; less than that comes, and the manager says why no more is expected.
    page = people.at("manager", path)
    decide = f"form[action='{path}decide/']"
    amount = page.locator(f"{decide} [name^='decide-line_']")
    amount.fill("২৩০০")
    assert send(page, decide) == 422
    assert told(app, FACTS % claim)["stage"] == "submitted"
    step(page, path, "decide", **{"decide-answer": "মজুরি ধরা হয়নি"})
    credit = {"credit-number": f"cn-{language}-77", "credit-amount": "১৮০০"}
    step(page, path, "credit", status=409, **{**credit, "credit-amount": "২৩০১"})
    step(page, path, "credit", **credit, **{"credit-short_reason": "পরিবহন খরচ কেটেছে"})
    assert words["short"] in page.locator("h1 ~ p").inner_text()
    money = page.locator("main dl.hk-data").first.inner_text()
    assert all(words[name] in money for name in ("claimed", "approved", "credited", "difference")), money

    # The old part goes on its way, with its list.
    page = people.at("advisor", "/claims/parts/")
    parcel = "main form:has([name=courier])"
    page.locator(f"{parcel} [name=parts]").first.check()
    fill(page, parcel, courier="সুন্দরবন", consignment="S-1")
    assert send(page, parcel) == 200, trouble_of(page)
    listing = page.locator("a[href$='/list.pdf']").first.get_attribute("href")
    assert missing(papers.get(f"{app.base_url}{listing}").body(), [old_part]) == []

    assert told(app, FACTS % claim) == {
        "stage": "credited", "sent": True, "by": f"advisor-{language}", "money": ["2800.00", "2300.00", "1800.00"],
        "company_number": f"TST-{language}-9", "short_reason": "পরিবহন খরচ কেটেছে", "answer": "মজুরি ধরা হয়নি",
        "days": 15, "serials": [old_part, new_part], "files": ["failed_part", "serial_plate"],
        "credits": [[f"CN-{language.upper()}-77", "1800.00"]], "parts": [[old_part, True]],
    }  # fmt: skip
    # The owner's numbers and the unit's own page tell of it.
    page = people.at("manager", "/claims/numbers/")
    short = format_money(told(app, SHORT), language=language, digits=DIGITS[language])
    assert page.locator(f"main td[data-label='{words['short']}']").first.inner_text() == short
    shown = format_ref(claim, language=language, digits=DIGITS[language])
    lines = [line for line in life_of(people, unit) if shown in line]
    assert [line.rsplit(": ", 1)[-1] for line in lines[1:]] == words["stages"], lines
    assert people.problems() == []


def rules_of_the_company(people: People) -> None:
    """What the company asks for is written down once, by whoever runs the shop."""
    page = people.at("manager", "/claims/settings/")
    page.locator("main a[href^='/claims/settings/']").last.click()
    form = "main form[method=post]"
    fill(page, form, deadline_days="১৫", warn_days="৫", wants_old_parts=True)
    assert send(page, form, "button.btn-primary") == 200, trouble_of(page)
    assert page.url.endswith("/claims/settings/"), trouble_of(page)


def step(page: Any, path: str, name: str, *, status: int = 200, **fields: str) -> None:
    """Take one step of a claim on its page."""
    form = f"form[action='{path}{name}/']"
    fill(page, form, **fields)
    assert send(page, form) == status, trouble_of(page)

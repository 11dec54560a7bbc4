"""Records in the file are said in the reader's words; the line and its hash stay as they were taken in."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from halkhata.desks.disputes.models import EvidenceItem
from halkhata.desks.disputes.selectors.detail import evidence_in_words
from halkhata.desks.disputes.selectors.plain_words import with_words
from halkhata.desks.disputes.services.collecting import collect_evidence, text_hash
from halkhata.engines.messaging.services.conversations import log_call
from halkhata.foundation.core.reader import Reader, reader_context

LANGUAGES = {"bn": Reader(language="bn", digits="bengali"), "en": Reader(language="en", digits="latin")}


def said(line: EvidenceItem, language: str) -> str:
    with reader_context(LANGUAGES[language]), translation.override(language):
        (found,) = with_words([line])
    return str(found.said)


ITEM = (
    "Job card J-1009: Fridge\nstate=ready owner=Rafi Uddin branch=Mirpur\n"
    "opened=2026-11-20T04:05:00+00:00 first_answer=- resolved=2026-11-22T08:00:00+00:00 late=no"
)
JOB = "unit=1\ncomplaint=It is warm\nand loud = bad\naccessories=['Plug', 'Tray']\ncurrency=BDT\nlines_version=3"
LINE = "kind=part\ntext=Valve\nquantity=2.00\nunit_price=1250.50\npayer=warranty\nis_recoverable=False"
SALE = (
    "memo=M-7 date=2026-03-12 branch=Mirpur customer=Rahima Test\n"
    "product=Testa fridge quantity=1 price=32500.00 discount=0.00 BDT"
)


@pytest.mark.parametrize(
    ("origin", "title", "text", "bn", "en"),
    [
        (
            "item:7", "Job card J-1009: Fridge", ITEM,
            ["অবস্থা: গ্রাহকের জন্য তৈরি", "দেরি হয়েছে: না"], ["State: Ready for the customer", "Branch: Mirpur", "Late: No"],
        ),
        (
            "history:7", "History of J-1009",
            "2026-11-20T04:05:00+00:00 opened Rafi Uddin channel=counter\n"
            "2026-11-22T08:00:00+00:00 state_changed Rafi Uddin from=tested to=ready",
            ["২০ নভে ২০২৬, সকাল ১০:০৫", "অবস্থা বদলেছে: গ্রাহকের জন্য তৈরি · Rafi Uddin"],
            ["10:05 am · Opened · Rafi Uddin", "State changed: Ready for the customer · Rafi Uddin"],
        ),
        (
            "service.servicejob:7", "service job J-1009", JOB,
            ["গ্রাহকের কথায়: It is warm\nand loud = bad", "Plug, Tray"],
            ["In the customer's words: It is warm\nand loud = bad", "Left with it: Plug, Tray", "Currency: BDT"],
        ),
        (
            "service.jobline:7", "job line 7", LINE, ["ধরন: অংশ", "কে দেবে: ওয়ারেন্টি", "১,২৫০.৫"],
            ["Kind: Part", "Quantity: 2", "Who pays: Warranty", "The manufacturer pays it back: No"],
        ),
        (
            "purchase_line:3", "M-7", SALE, ["মেমো: M-7", "তারিখ: ১২ মার্চ ২০২৬", "৳৩২,৫০০"],
            ["Memo: M-7", "Date: 12 Mar 2026", "Customer: Rahima Test", "32,500"],
        ),
        ("minutes:3", "K-1 Rafi 15 min", "2026-11-20 15 min: Looked", ["১৫ মিনিট · Looked"], ["15 minutes · Looked"]),
    ],
)  # fmt: skip
@pytest.mark.django_db
def test_record_is_said_in_the_readers_words(origin: str, title: str, text: str, bn: Any, en: Any) -> None:
    for language, wanted in (("bn", bn), ("en", en)):
        shown = said(EvidenceItem(origin=origin, title=title, text=text, kind="record"), language)
        assert [words for words in wanted if words not in shown] == [], shown
        assert [name for name in ("state=", "unit=", "kind=", "memo=", "lines_version") if name in shown] == []


@pytest.mark.parametrize("text", ["", "no columns at all", "=x", "state", "unit_id=", "opened_at=yesterday"])
@pytest.mark.django_db
def test_text_of_another_shape_is_said_as_it_stands(text: str) -> None:
    for origin in ("item:1", "history:1", "service.servicejob:1", "gone.model:1", "purchase_line:1", "odd", "unit:x"):
        line = EvidenceItem(origin=origin, title="x", text=text, kind="record")
        assert said(line, "en") == text, origin


@pytest.mark.django_db
def test_file_and_papers_show_words_and_keep_the_record(desk: Any, linked: Any, dispute: Any, client_as: Any) -> None:
    collect_evidence(actor=desk.officer, dispute=dispute)
    page = client_as(desk.officer, "en").get(f"/disputes/{dispute.number}/file/").content.decode()
    assert "Owner: " in page
    assert "As it was recorded" in page
    for line in evidence_in_words(dispute):
        assert text_hash(line.text) == line.sha256
        assert "owner=" not in line.said
        assert "first_answer=" not in line.said


@pytest.mark.django_db
def test_longer_file_takes_no_more_queries(desk: Any, linked: Any, dispute: Any) -> None:
    collect_evidence(actor=desk.officer, dispute=dispute)

    def taken() -> int:
        with CaptureQueriesContext(connection) as seen:
            evidence_in_words(dispute)
        return len(seen)

    before, count = taken(), dispute.evidence.count()
    for number in range(12):
        log_call(actor=desk.agent, item=linked, outbound=False, answered=True, text=f"Still warm {number}")
    collect_evidence(actor=desk.officer, dispute=dispute)
    assert dispute.evidence.count() > count + 11
    assert taken() == before

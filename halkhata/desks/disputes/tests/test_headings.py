"""Lines of the file are called in the reader's words, whatever stands in the line."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from halkhata.desks.disputes.models import EvidenceItem
from halkhata.desks.disputes.selectors.detail import evidence_of
from halkhata.desks.disputes.selectors.headings import with_headings
from halkhata.desks.disputes.services.collecting import collect_evidence
from halkhata.engines.messaging.services.conversations import log_call
from halkhata.foundation.core.reader import Reader, reader_context


@pytest.fixture
def bengali() -> Any:
    with reader_context(Reader(language="bn", digits="bengali")), translation.override("bn"):
        yield


def line(origin: str, title: str) -> EvidenceItem:
    return EvidenceItem(origin=origin, title=title)


@pytest.mark.parametrize(
    ("origin", "title", "said"),
    [
        ("message:1", "K-1045 Phone From the customer Rahima", "ক-১০৪৫ · ফোন · গ্রাহকের কাছ থেকে · Rahima"),
        ("history:7", "History of K-1045", "ক-১০৪৫ এর ইতিহাস"),
        ("item:7", "Complaint K-1045: It is warm", "ক-১০৪৫: It is warm"),
        ("minutes:3", "K-1045 Rafi Uddin 15 min", "ক-১০৪৫: Rafi Uddin এর ১৫ মিনিট"),
        ("service.jobphoto:3", "job photo 3", "জব কার্ডের ছবি"),
        ("service.servicejob:3", "service job J-1009", "জব কার্ড জ-১০০৯"),
        ("attachment:4", "bill.jpg", "bill.jpg"),
        ("message:1", "written by an older version", "written by an older version"),
        ("unknown:1", "As it is", "As it is"),
    ],
)
@pytest.mark.usefixtures("bengali")
def test_heading_is_said_in_the_readers_words(origin: str, title: str, said: str) -> None:
    (found,) = with_headings([line(origin, title)])
    assert found.heading == said


@pytest.mark.django_db
def test_longer_file_takes_no_more_queries(desk: Any, linked: Any, dispute: Any) -> None:
    collect_evidence(actor=desk.officer, dispute=dispute)

    def taken() -> int:
        with CaptureQueriesContext(connection) as seen:
            lines = evidence_of(dispute)
        assert all(one.heading for one in lines)
        return len(seen)

    before, count = taken(), dispute.evidence.count()
    for number in range(12):
        log_call(actor=desk.agent, item=linked, outbound=False, answered=True, text=f"Still warm {number}")
    collect_evidence(actor=desk.officer, dispute=dispute)
    assert dispute.evidence.count() > count + 11
    assert taken() == before <= 2

"""The audit trail in words: every act that the code writes down has some, and texts are the reader's."""

import ast
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import halkhata
from halkhata.doors.web.audit_texts import note_shown, shown, value_shown
from halkhata.doors.web.audit_words import action_label
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.reader import Reader, reader_context

BENGALI = Reader(language="bn", digits="bengali")
SOURCES = Path(halkhata.__file__).parent


def written_actions() -> set[str]:
    """Every action that stands in a call of ``record`` as plain text."""
    found: set[str] = set()
    for path in SOURCES.rglob("*.py"):
        text = path.read_text()
        if "/tests/" in str(path) or "record(" not in text:
            continue
        for call in (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)):
            if getattr(call.func, "id", "") == "record":
                given = [word.value for word in call.keywords if word.arg == "action"]
                found |= {
                    one.value for value in given for one in ast.walk(value)
                    if isinstance(one, ast.Constant) and isinstance(one.value, str) and "." in one.value[1:-1]
                }  # fmt: skip
    return found


def test_every_act_that_is_written_down_has_words() -> None:
    actions = written_actions()
    assert len(actions) > 200
    assert {one for one in actions if action_label(one) == "Something else"} == set()


def test_step_that_a_desk_names_itself_is_told_by_the_desk() -> None:
    assert action_label("claim.sent") == "Step of a claim"
    assert action_label("job.retry") == "Stopped job put in line again"
    assert action_label("unheard.of") == "Something else"


@pytest.mark.parametrize(
    ("text", "bengali"),
    [
        ("K-1309 বাইক পড়ে আছে ২ দিন", "ক-১৩০৯ বাইক পড়ে আছে ২ দিন"),
        ("B-1001", "ঘ-১০০১"),
        ("সুমি 2026-11-24–2026-11-27", "সুমি ২০২৬-১১-২৪–২০২৬-১১-২৭"),
        ("HM-4926509", "HM-4926509"),
        ("list-7.csv", "list-7.csv"),
        ("", ""),
    ],
)
def test_label_is_written_as_the_reader_writes_numbers(text: str, bengali: str) -> None:
    with reader_context(BENGALI):
        assert shown(text) == bengali
    with reader_context(Reader()):
        assert shown(text.replace("২", "2")) == text.replace("২", "2")


@pytest.mark.parametrize(
    ("value", "latin", "bengali"),
    [
        ("2026-11-24T03:00:00+00:00", "24 Nov 2026, 9:00 am", "২৪ নভে ২০২৬, সকাল ৯:০০"),
        (12, "12", "১২"),
        ("+8801100600004", "+8801100600004", "+8801100600004"),
        ("waiting_approval", "waiting_approval", "waiting_approval"),
    ],
)
def test_value_of_a_changed_field_is_readable(value: Any, latin: str, bengali: str) -> None:
    with reader_context(Reader()):
        assert value_shown(value) == latin
    with reader_context(BENGALI):
        assert value_shown(value) == bengali


def test_row_of_an_import_is_named_in_words() -> None:
    with reader_context(Reader()):
        assert note_shown("import 3, row 139") == "import 3, row 139"
        assert note_shown("as agreed") == "as agreed"


def _queries(client: Any) -> int:
    with CaptureQueriesContext(connection) as seen:
        client.get(reverse("web:audit"))
    return len(seen)


@pytest.mark.django_db
def test_audit_names_people_in_the_readers_language_whatever_their_number(shop: Any, client_as: Any) -> None:
    User.objects.filter(pk=shop.agent.pk).update(name_bn="সুমি", name_en="Sumi")
    shop.agent.refresh_from_db()
    for _number in range(5):
        record(actor=shop.agent, action="privacy.request", record=shop.agent, note="import 3, row 139")
    client = client_as(shop.owner, "bn")
    rows = client.get(reverse("web:audit")).context["rows"]
    before = _queries(client)
    assert {row["actor"] for row in rows if row["entry"].actor_id == shop.agent.pk} == {"সুমি"}
    for person in (shop.agent2, shop.lead, shop.manager):
        record(actor=person, action="privacy.request", record=person)
    assert _queries(client) == before

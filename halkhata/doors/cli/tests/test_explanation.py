"""``halkhata sla explain`` for people: whole sentences, local times, the reader's language."""

import json
import re
from datetime import UTC, datetime

import pytest

from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.doors.cli.commands import sla
from halkhata.doors.cli.errors import CommandError
from halkhata.doors.cli.main import build_parser
from halkhata.foundation.core.clock import moved_to
from halkhata.records.customers.services.customers import create_customer

pytestmark = pytest.mark.django_db

SUNDAY_NOON = datetime(2026, 11, 22, 6, 0, 3, 141592, tzinfo=UTC)  # 12:00 in Dhaka, an hour before lunch


@pytest.fixture
def number(shop):
    with moved_to(SUNDAY_NOON):
        customer = create_customer(actor=shop.agent, name_en="Karim", phones=("01199-000111",), branch=shop.branch)
        ticket = open_ticket(
            actor=shop.agent, subject="Fan stopped", description="Fan stopped", customer=customer, channel="phone",
            branch=shop.branch, team=shop.team,
        )  # fmt: skip
    return ticket.number


def told_by_the_command(number, *options, capfdbinary):
    options = build_parser().parse_args(["sla", "explain", number, *options])
    assert options.run is sla.run
    assert sla.explain(options) == 0
    return capfdbinary.readouterr().out.decode()


def test_people_read_local_times_to_the_minute_in_english(number, capfdbinary):
    said = told_by_the_command(number, "--language", "en", capfdbinary=capfdbinary)
    assert said.startswith(f"{number}  Fan stopped\nPromise: ")
    assert "First answer: Running" in said
    assert "promised from 22 Nov 2026, 12:00 pm (UTC+6)." in said
    assert "    22 Nov 2026, 12:00 pm – 22 Nov 2026, 1:00 pm (UTC+6)\n      Open: the clock runs: 59 min" in said
    assert "    22 Nov 2026, 1:00 pm – 22 Nov 2026, 2:00 pm (UTC+6)\n      Closed at this hour: –" in said
    assert not re.search(r"\d{4}-\d\d-\d\dT|\.\d{6}|[ঀ-৿]", said)


def test_people_read_bengali_with_bengali_digits(number, capfdbinary):
    said = told_by_the_command(number, "--language", "bn", capfdbinary=capfdbinary)
    assert said.startswith("ক-১")
    assert "প্রথম উত্তর" in said
    assert "২২ নভে ২০২৬, দুপুর ১২:০০ – ২২ নভে ২০২৬, দুপুর ১:০০ (UTC+৬)" in said
    assert not re.search(r"[0-9]", said.replace("Fan stopped", ""))


def test_machines_read_iso_instants_and_seconds(number, capfdbinary):
    told = json.loads(told_by_the_command(number, "--json", "--language", "en", capfdbinary=capfdbinary))
    first = told["clocks"][0]
    assert first["started_at"] == "2026-11-22T06:00:03.141592+00:00"
    assert datetime.fromisoformat(first["due_at"]).utcoffset().total_seconds() == 0
    assert first["lines"][0]["kind"] == "working"
    assert first["lines"][0]["seconds"] == 3596


@pytest.mark.parametrize(("language", "sentence"), [("en", "There is no K-99999."), ("bn", "ক-৯৯৯৯৯")])
def test_unknown_number_is_said_in_the_readers_language(language, sentence, db):
    options = build_parser().parse_args(["sla", "explain", "k99999", "--language", language])
    with pytest.raises(CommandError, match=sentence) as refused:
        sla.explain(options)
    assert refused.value.exit_code == 1

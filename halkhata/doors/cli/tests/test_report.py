"""``halkhata report sla``: the whole shop, for people and for machines."""

import json

import pytest

from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.doors.cli.commands.report import BREAKDOWNS, sla_report
from halkhata.doors.cli.errors import CommandError
from halkhata.doors.cli.main import build_parser
from halkhata.oversight.analytics.selectors.promise_filters import BREAKDOWNS as KNOWN


def run(*arguments):
    return sla_report(build_parser().parse_args(["report", "sla", *arguments]))


@pytest.fixture
def ticket(shop):
    return open_ticket(
        actor=shop.owner, subject="Case", description="", customer=None, channel="phone", branch=shop.branch,
        team=shop.team, owner=shop.agent, acknowledge=False,
    )  # fmt: skip


def test_command_offers_every_breakdown_there_is():
    assert set(BREAKDOWNS) == {code for code, _label in KNOWN}


def test_json_is_one_object_that_adds_up(ticket, capfdbinary):
    assert run("--json", "--by", "channel") == 0
    body = json.loads(capfdbinary.readouterr().out)
    assert (body["by"], body["time_zone"]) == ("channel", "Asia/Dhaka")
    assert body["total"]["all"]["running"] == 2
    assert [(line["key"], line["all"]["total"]) for line in body["lines"]] == [("phone", 2)]


def test_people_read_lines_in_their_language(ticket, capsys):
    assert run("--language", "en") == 0
    assert "  First answer: Kept 0, Broken 0, Running 1, Paused 0" in capsys.readouterr().out.splitlines()


def test_days_that_are_none_are_one_sentence(shop):
    with pytest.raises(CommandError, match="Write both days"):
        run("--from", "tomorrow", "--to", "22/11/2026", "--language", "en")

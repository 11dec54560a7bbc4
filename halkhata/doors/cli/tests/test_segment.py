"""``halkhata segment``: lists, counts, explains, builds."""

import io
import json

import pytest

from halkhata.doors.cli.commands import segment as command
from halkhata.doors.cli.errors import CommandError
from halkhata.doors.cli.main import build_parser
from halkhata.engines.segments.services.segments import save_segment
from halkhata.records.customers.services.customers import create_customer

pytestmark = pytest.mark.django_db
BENGALI = {"field": "language", "op": "is", "value": "bn"}


def run(step, *arguments):
    return step(build_parser().parse_args(["segment", *arguments]))


@pytest.fixture
def people(shop):
    return [
        create_customer(actor=shop.owner, name_en=name, phones=[phone], language=language)
        for name, phone, language in (("Rahim", "01100000701", "bn"), ("Salma", "01100000702", "en"))
    ]


@pytest.fixture
def segment(shop, people):
    return save_segment(actor=shop.owner, name_en="Bengali", conditions=BENGALI)


def test_build_finds_the_members_and_list_shows_how_many(segment, people, capfdbinary):
    assert run(command.build_again, "build", str(segment.pk)) == 0
    assert run(command.list_segments, "list", "--language", "en") == 0
    assert run(command.list_members, "members", str(segment.pk)) == 0
    assert capfdbinary.readouterr().out.decode().splitlines() == ["1", f"{segment.pk}\t1\tBengali", str(people[0].pk)]


def test_count_reads_conditions_from_standard_input(people, monkeypatch, capfdbinary):
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(BENGALI)))
    assert run(command.count_conditions, "count", "--json") == 0
    assert json.loads(capfdbinary.readouterr().out) == {"count": 1}


@pytest.mark.parametrize(("text", "said"), [("{", "no JSON"), ('{"field": "x", "op": "is"}', "does not exist")])
def test_conditions_that_cannot_be_read_are_one_sentence(people, monkeypatch, text, said):
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    with pytest.raises(CommandError, match=said):
        run(command.count_conditions, "count", "--language", "en")


def test_why_answers_with_the_exit_code(segment, people, capsys):
    assert run(command.explain_member, "why", str(segment.pk), str(people[0].pk), "--language", "en") == 0
    assert run(command.explain_member, "why", str(segment.pk), str(people[1].pk), "--language", "en") == 1
    assert capsys.readouterr().out.splitlines() == [
        "yes  all of these are true", "  yes  Language is: Bengali",
        "no  all of these are true", "  no  Language is: Bengali",
    ]  # fmt: skip


def test_what_is_not_there_is_one_sentence(segment):
    with pytest.raises(CommandError, match="no segment 99"):
        run(command.list_members, "members", "99")
    with pytest.raises(CommandError, match="no customer 99"):
        run(command.explain_member, "why", str(segment.pk), "99999")

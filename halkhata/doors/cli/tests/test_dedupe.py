"""``halkhata dedupe``: the whole book, for people and for machines."""

import json

import pytest

from halkhata.doors.cli.commands.dedupe import dedupe
from halkhata.doors.cli.main import build_parser
from halkhata.records.customers.models import Customer, DuplicatePair
from halkhata.records.customers.services.customers import create_customer

pytestmark = pytest.mark.django_db


def run(*arguments):
    return dedupe(build_parser().parse_args(["dedupe", *arguments]))


@pytest.fixture
def book(shop):
    return [
        create_customer(actor=shop.owner, name_en=name, phones=[phone], confirm_duplicate="test").pk
        for name, phone in (
            ("Rahima Khatun", "01100000123"), ("রহিমা খাতুন", "01100000123"), ("Salma Sultana", "01100000777"),
        )
    ]  # fmt: skip


def test_json_is_one_object_a_line_with_the_counts_last(book, capfdbinary):
    assert run("--json") == 0
    lines = [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]
    assert [(line["first"], line["second"]) for line in lines[:-1]] == [(book[0], book[1])]
    assert lines[0]["score"] > 0.9
    assert ["phone", "same"] in [reason[:2] for reason in lines[0]["reasons"]]
    assert (lines[-1]["customers"], lines[-1]["found"], lines[-1]["too_large"]) == (3, 1, 0)
    assert DuplicatePair.objects.count() == 0
    assert Customer.objects.filter(merged_into__isnull=False).count() == 0


def test_keep_puts_them_on_the_review_page(book, capsys):
    assert run("--keep", "--language", "en") == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith(f"{book[0]}\t{book[1]}\t")
    assert "same phone number" in out[0]
    assert "3 customers" in out[-1]
    assert DuplicatePair.objects.get().second_id == book[1]


def test_threshold_is_a_chance(capsys):
    with pytest.raises(SystemExit):
        build_parser().parse_args(["dedupe", "--threshold", "2"])
    assert "between 0 and 1" in capsys.readouterr().err

"""A keyword by SMS becomes a registration that staff check (A53.2)."""

from datetime import date

import pytest

from halkhata.desks.tickets.models import Ticket
from halkhata.engines.messaging.models import TextMessage
from halkhata.engines.messaging.services.text_arriving import receive_text
from halkhata.records.catalog.days import today
from halkhata.records.catalog.tests.conftest import catalog as catalog
from halkhata.records.catalog.tests.conftest import elsewhere as elsewhere
from halkhata.records.catalog.tests.conftest import karim as karim
from halkhata.records.warranty.models import Registration
from halkhata.records.warranty.tests.conftest import sell_unit
from halkhata.records.warranty.tests.conftest import terms as terms

pytestmark = pytest.mark.django_db
PHONE, NUMBER = "01100000021", "+8801100000021"


@pytest.fixture
def unit(catalog, terms, karim):
    return sell_unit(catalog, karim)


def text(words, provider_id="m1"):
    return receive_text(
        source="sms:1", provider_id=provider_id, from_number=PHONE, to_number="", text=words, at=None, raw=b""
    )


@pytest.mark.parametrize("word", ["WAR", "war", "Warranty", "ওয়ারেন্টি"])
def test_keyword_with_serial_and_day_is_a_registration_nobody_has_checked(unit, word):
    before = Registration.objects.count()
    result = text(f"{word} sn-0001 12-03-2026")
    row = Registration.objects.latest("pk")
    assert (result.outcome, Registration.objects.count()) == ("registered", before + 1)
    assert (row.channel, row.state, row.phone, row.bought_on) == ("sms", "unverified", NUMBER, date(2026, 3, 12))
    assert row.number in TextMessage.objects.get(cause__startswith="registration-text:").text
    assert not Ticket.objects.exists()
    assert text(f"{word} sn-0001 12-03-2026").outcome == "duplicate"
    assert Registration.objects.count() == before + 1


def test_without_a_day_it_is_today(unit):
    text("WAR SN-0001")
    assert Registration.objects.latest("pk").bought_on == today()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("WAR XX-9999", "do not know"),
        ("WAR SN-0001 tomorrow", "could not read"),
        ("WAR SN-0001 01-01-2090", "not come"),
    ],
)
def test_what_cannot_be_registered_is_told_back(unit, words, said):
    before = Registration.objects.count()
    assert text(words).outcome == "not_registered"
    assert said in TextMessage.objects.get(cause__startswith="registration-text:").text
    assert Registration.objects.count() == before


def test_question_that_begins_with_the_word_is_a_ticket(unit):
    assert text("Warranty when does it end?").outcome == "ticket_opened"

"""The contact points of known customers are hidden in any text, however they are spelt there (A56.15)."""

import pytest

from halkhata.records.customers.known_values import KnownValues
from halkhata.records.customers.models import Address, ContactPoint
from halkhata.records.customers.privacy import keeper

POINTS = [
    ContactPoint(kind="phone", value="+8801100000678"),
    ContactPoint(kind="phone", value="+442079460123"),
    ContactPoint(kind="email", value="rahima.secret@example.com"),
]
PLACES = [Address(line="House 12, Lane of Secrets", district="Bogura"), Address(line="", district="Dhaka")]


@pytest.fixture
def known():
    return KnownValues(POINTS, PLACES)


@pytest.mark.parametrize(
    "spelt",
    [
        "01100000678", "+8801100000678", "008801100000678", "8801100000678", "1100000678", "011-0000-0678",
        "0 1 1 0 0 0 0 0 6 7 8", "(011) 00000 678", "০১১০০০০০৬৭৮", "+৮৮০ ১১০০-০০০৬৭৮", "0110/0000/678",
        "011.00.00.06.78", "011_0000_0678", "01100 000\u200c678", "+88 (0) 1100 000678",
        "+44 20 7946 0123", "020 7946 0123", "44-2079460123", "(020)79460123",
    ],
)  # fmt: skip
def test_phone_is_hidden_in_every_spelling(known, spelt):
    for text in (spelt, f"call {spelt} please", f"আমার নম্বর {spelt}।", f"a {spelt}, 2 times", f"7 {spelt}"):
        masked = known.mask(text)
        assert "•" in masked, (text, masked)
        dense = "".join(letter for letter in masked if letter.isdecimal())
        for core in ("00000678", "০০০০০৬৭৮", "79460123"):
            assert core not in dense


@pytest.mark.parametrize(
    "spelt",
    [
        "rahima.secret@example.com", "Rahima.Secret@Example.COM", "rahima.secret at example.com",
        "rahima.secret (at) example (dot) com", "rahima.secret [at] example dot com", "<rahima.secret@example.com>",
    ],
)  # fmt: skip
def test_email_is_hidden_in_every_spelling(known, spelt):
    masked = known.mask(f"Write to {spelt} today")
    assert "•" in masked
    assert "secret" not in masked.lower()
    assert masked.startswith("Write to")
    assert masked.endswith("today")


@pytest.mark.parametrize(
    "spelt",
    [
        "House 12, Lane of Secrets",
        "house 12 lane of secrets",
        "HOUSE-12 – Lane of Secrets",
        "House ১২, Lane of Secrets",
    ],
)
def test_line_of_the_address_is_hidden_in_every_spelling(known, spelt):
    assert known.mask(f"He lives at {spelt}, near the mosque") == "He lives at •••, near the mosque"


@pytest.mark.parametrize(
    "text",
    [
        "K-1045 opened on 2026-11-22 at 10:00", "Tk 1,100,000", "01100000679", "911000006781", "serial 201100000678999",
        "other@example.com", "I ate at home.com", "House 13, Lane of Secrets", "Lane of Secrets", "",
    ],
)  # fmt: skip
def test_what_is_not_this_customers_stays(known, text):
    assert known.mask(text) == text


def test_what_was_shown_or_typed_on_purpose_is_spared(known):
    text = "01100000678 rahima.secret@example.com House 12, Lane of Secrets"
    assert known.mask(text, keep=keeper([text]), spared=[text]) == text


def test_several_in_one_text_are_all_hidden(known):
    masked = known.mask("01100000678, 01100000678 / +8801100000678; 020 7946 0123")
    assert masked.count("•••••") == 4


def test_nobody_known_hides_nothing():
    nobody = KnownValues([], [])
    assert not nobody
    assert nobody.mask("01100000678") == "01100000678"

"""Telephone numbers: the reference table decides, properties show that the spelling of a number does not matter."""

import csv
import os
import re
from pathlib import Path

import phonenumbers
import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.phones import (
    Phone,
    PhoneError,
    format_phone,
    parse_phone,
    phone_search_digits,
    split_phones,
)
from halkhata.foundation.core.text import clean_text, to_bengali_digits

REFERENCE = Path(os.environ.get("HALKHATA_REFERENCE_DIR", Path(__file__).parents[4] / "tests" / "reference"))


@pytest.mark.reference
def test_reference_table_every_row_is_read_or_refused_as_it_says() -> None:
    with (REFERENCE / "phones.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    assert rows
    wrong = []
    for row in rows:
        try:
            found = parse_phone(row["typed"], region=row["region"]).e164
        except PhoneError as error:
            found = "" if str(error.message) else "refused without a reason"
        if found != row["e164"]:
            wrong.append((row["typed"], row["why"], row["e164"], found))
    assert wrong == []


@pytest.mark.parametrize(
    "typed",
    [
        "01112345678",
        "1112345678",
        "+8801112345678",
        "8801112345678",
        "+880 0 1112 345678",
        "88001112345678",
        "0088001112345678",
        "00880-1112-345678",
        "+88 01112 345678",
        "+01112345678",
        "08801112345678",
        "(+880) 1112-345678",
        "+880 (0) 1112 345678",
        "1.112345678E9",
        "1.112345678e+09",
        "8.801112345678E+12",
        "1112345678.0",
        "1,112,345,678",
        "'01112345678",
        '="01112345678"',
        "01112.345.678",
        "01112—345678",
        "01112_345678",
        "☎ 01112345678",
        "０１１１２３４５６７８",
        "٠١١١٢٣٤٥٦٧٨",
        "০১১১২-৩৪৫৬৭৮",
        "01112345678;",
        "01112345678।",
    ],
)
def test_spellings_of_one_number_are_that_number(typed: str) -> None:
    phone = parse_phone(typed)
    assert phone == Phone(typed=clean_text(typed), e164="+8801112345678", label="", reachable=False)


@pytest.mark.parametrize(
    ("typed", "e164", "label"),
    [
        ("01112345678 (wife)", "+8801112345678", "wife"),
        ("০১১১২৩৪৫৬৭৮ (ভাই)", "+8801112345678", "ভাই"),
        ("[বড় ভাই] 01112345678", "+8801112345678", "বড\u09bc ভাই"),
        ("01112345678 ভাই", "+8801112345678", "ভাই"),
        ("Mobile: 01112345678", "+8801112345678", "Mobile"),
        ("wife - 01112345678", "+8801112345678", "wife"),
        ("01112345678, wife", "+8801112345678", "wife"),
        ("02-9556677 ext. 12", "+88029556677", "ext 12"),
        ("02-9556677x12", "+88029556677", "ext 12"),
        ("+971 50 123 4567 (Dubai)", "+971501234567", "Dubai"),
    ],
)
def test_words_beside_the_number_say_whose_it_is(typed: str, e164: str, label: str) -> None:
    phone = parse_phone(typed)
    assert (phone.e164, phone.label) == (e164, label)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (None, "empty"),
        ("", "empty"),
        (" \u00a0\u200b ", "empty"),
        ("abc", "not_a_number"),
        ("-", "not_a_number"),
        ("O1112345678", "not_a_number"),
        ("0111234567B", "not_a_number"),
        ("0171234567", "too_short"),
        ("০১৭১২৩৪৫৬৭", "too_short"),
        ("+88017123456", "too_short"),
        ("16121", "too_short"),
        ("0", "too_short"),
        ("1.71235E+09", "too_short"),
        ("01712345678 / 01812345679", "several_numbers"),
        ("01712345678, 01812345679", "several_numbers"),
        ("01712345678 or 01812345679", "several_numbers"),
        ("০১৭১২৩৪৫৬৭৮ ও ০১৮১২৩৪৫৬৭৯", "several_numbers"),
        ("01712345678 01812345679", "several_numbers"),
        ("0171234567801812345679", "several_numbers"),
        ("01712345678/79", "several_numbers"),
        ("01712345678 (wife 01812345679)", "several_numbers"),
        ("01212345678", "invalid"),
        ("01012345678", "invalid"),
        ("00000000000", "invalid"),
        ("017123456789", "invalid"),
        ("+1712345678", "too_short"),
        ("*121#", "invalid"),
        ("+880+1712345678", "invalid"),
        ("9" * 300, "invalid"),
    ],
)
def test_what_is_no_number_is_refused_with_its_reason(typed: str | None, code: str) -> None:
    with pytest.raises(PhoneError) as refusal:
        parse_phone(typed)
    assert refusal.value.code == code
    with translation.override("en"):
        assert str(refusal.value.message).endswith(".")
    assert isinstance(refusal.value, DomainError)


def test_only_the_closed_block_is_out_of_reach() -> None:
    assert not parse_phone("01112345678").reachable
    assert all(parse_phone(f"01{digit}12345678").reachable for digit in "3456789")
    assert parse_phone("02-9556677").reachable


def test_region_decides_how_a_national_number_is_read() -> None:
    assert parse_phone("98765 43210", region="IN").e164 == "+919876543210"
    assert parse_phone("+8801112345678", region="IN").e164 == "+8801112345678"
    assert parse_phone("00 880 1112 345678", region="US").e164 == "+8801112345678"
    with pytest.raises(PhoneError):
        parse_phone("01112345678", region="US")
    with pytest.raises(PhoneError):
        parse_phone("01112345678", region="no such region")


national = st.builds(lambda block, rest: f"1{block}{rest:08}", st.sampled_from("13456789"), st.integers(0, 10**8 - 1))
prefixes = st.sampled_from(["0", "", "880", "+880", "00880", "+8800", "8800", "+88 0", "(+880) ", "+880 (0) "])
separators = st.sampled_from(
    ["", "", "", " ", "-", ".", "\u00a0", "\u2013", "\u2011", "\u200c", "\u200d", "\u202a", "\u200b", " - ", "\t"]
)


@settings(deadline=None)  # the library loads its data when a country is first met
@given(
    national,
    prefixes,
    st.lists(separators, min_size=11, max_size=11),
    st.booleans(),
    st.sampled_from(["", " ", "\u202c"]),
)
def test_any_spelling_of_a_mobile_number_is_one_identity(
    number: str, prefix: str, between: list[str], bengali: bool, around: str
) -> None:
    typed = prefix + between[0] + "".join(digit + gap for digit, gap in zip(number, between[1:], strict=True))
    typed = around + (to_bengali_digits(typed) if bengali else typed) + around
    phone = parse_phone(typed)
    assert phone.e164 == f"+880{number}"
    assert phone.label == ""
    assert phone.typed == clean_text(typed)
    assert split_phones(typed) == [clean_text(typed)]
    assert phone_search_digits(typed) in phone.e164


@settings(deadline=None)  # the library loads its data when a country is first met
@given(national)
def test_own_pattern_and_library_agree(number: str) -> None:
    parsed = phonenumbers.parse(f"0{number}", "BD")
    assert phonenumbers.is_valid_number(parsed)
    assert parse_phone(f"0{number}").e164 == phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


@settings(deadline=None)  # the library loads its data when a country is first met
@given(
    st.one_of(st.text(), st.text("0123456789০১২৩+-() /,.eExabওভাই#", max_size=40)), st.sampled_from(["BD", "IN", "US"])
)
def test_any_text_is_a_number_or_a_phone_error(typed: str, region: str) -> None:
    split_phones(typed)
    phone_search_digits(typed)
    format_phone(typed)
    code = ""
    try:
        phone = parse_phone(typed, region=region)
    except PhoneError as error:
        code = error.code
    else:
        assert re.fullmatch(r"\+[1-9][0-9]{5,14}", phone.e164)
        assert parse_phone(phone.e164, region=region).e164 == phone.e164
        assert parse_phone(format_phone(phone.e164)).e164 == phone.e164
    assert code in {"", "empty", "not_a_number", "several_numbers", "too_short", "invalid"}


@pytest.mark.parametrize(
    ("e164", "latin", "bengali"),
    [
        ("+8801712345678", "01712-345678", "০১৭১২-৩৪৫৬৭৮"),
        ("+88029556677", "02-9556677", "০২-৯৫৫৬৬৭৭"),
        ("+8809612345678", "09612-345678", "০৯৬১২-৩৪৫৬৭৮"),
        ("+971501234567", "+971 50 123 4567", "+৯৭১ ৫০ ১২৩ ৪৫৬৭"),
        ("no number", "no number", "no number"),
        ("", "", ""),
    ],
)
def test_format_phone_shows_what_people_read(e164: str, latin: str, bengali: str) -> None:
    assert format_phone(e164) == latin
    assert format_phone(e164, bengali=True) == bengali


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("01712345678", "1712345678"),
        ("০১৭১২-৩৪৫", "1712345"),
        ("+880 1712", "8801712"),
        ("008801712345678", "8801712345678"),
        ("+880 0 1712 345678", "8801712345678"),
        ("1712-345678", "1712345678"),
        ("345678", "345678"),
        ("01712345678 (wife)", "1712345678"),
        ("রহিম", ""),
        ("K-1045", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_search_digits_are_part_of_the_stored_digits(typed: str | None, digits: str) -> None:
    assert phone_search_digits(typed) == digits
    assert digits in "8801712345678"


@given(national, st.integers(4, 10))
def test_search_by_last_digits_finds_the_number(number: str, count: int) -> None:
    assert f"880{number}".endswith(phone_search_digits(number[-count:]))


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("01712345678 / 01812345679", ["01712345678", "01812345679"]),
        ("01712345678,01812345679;02-9556677", ["01712345678", "01812345679", "02-9556677"]),
        ("০১৭১২৩৪৫৬৭৮ ও ০১৮১২৩৪৫৬৭৯", ["০১৭১২৩৪৫৬৭৮", "০১৮১২৩৪৫৬৭৯"]),
        ("01712345678 or 01812345679", ["01712345678", "01812345679"]),
        ("01712345678 (own, home), 01812345679 (wife)", ["01712345678 (own, home)", "01812345679 (wife)"]),
        ("০১৭১২৩৪৫৬৭৮ (বাসা) ০১৮১২৩৪৫৬৭৯ (অফিস)", ["০১৭১২৩৪৫৬৭৮ (বাসা)", "০১৮১২৩৪৫৬৭৯ (অফিস)"]),
        ("01712345678, wife", ["01712345678 wife"]),
        ("01712345678 01812345679", ["01712345678", "01812345679"]),
        ("0171234567801812345679", ["01712345678", "01812345679"]),
        ("1712345678 1812345679", ["1712345678", "1812345679"]),
        ("+880 1712-345678 - 01812-345679", ["+880 1712-345678", "01812-345679"]),
        ("01712345678\n01812345679", ["01712345678", "01812345679"]),
        ("01712 345 678", ["01712 345 678"]),
        ("01712345678", ["01712345678"]),
        ("1/" * 600, ["1/" * 600]),
        ("", []),
        (None, []),
    ],
)
def test_split_phones_gives_each_number_as_typed(typed: str | None, parts: list[str]) -> None:
    assert split_phones(typed) == parts

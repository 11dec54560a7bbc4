"""Numbers, money, dates, spans and work numbers, and the template filters that show them to a reader."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import pytest
from django.template import Context, Engine
from django.utils import translation
from django.utils.safestring import mark_safe
from hypothesis import given, settings
from hypothesis import strategies as st

from halkhata.foundation.core.formatting import (
    REF_LETTERS,
    format_bangla_date,
    format_date,
    format_datetime,
    format_duration,
    format_money,
    format_number,
    format_ref,
    format_time,
    format_weekday,
    parse_ref,
    show_digits,
)
from halkhata.foundation.core.reader import Reader, current_reader, reader_context, set_reader
from halkhata.foundation.core.templatetags.halkhata import digits

BENGALI = Reader(language="bn", digits="bengali", show_bangla_date=True)
ENGLISH = Reader(language="en", digits="latin")
NUKTA = "\u09bc"


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (0, None, "0"),
        (999, None, "999"),
        (1000, None, "1,000"),
        (99999, None, "99,999"),
        (100000, None, "1,00,000"),
        (1234567, None, "12,34,567"),
        (-12345678, None, "-1,23,45,678"),
        (Decimal("1234567.50"), None, "12,34,567.50"),
        (4.25, None, "4.25"),
        (1e22, None, "10,00,00,00,00,00,00,00,00,00,000"),
        (4.25, 1, "4.3"),
        (2, 1, "2.0"),
        (-0.04, 1, "0.0"),
        ("১২৩৪.৫", None, "1,234.5"),
        (Decimal(10) ** 30, 2, "10,00,00,00,00,00,00,00,00,00,00,00,00,00,000.00"),
    ],
)
def test_format_number_groups_by_lakh_and_crore(value: Any, decimals: int | None, shown: str) -> None:
    assert format_number(value, decimals=decimals) == shown


def test_format_number_bengali_digits_and_refusals() -> None:
    assert format_number(1234567, digits="bengali") == "১২,৩৪,৫৬৭"
    with pytest.raises(InvalidOperation):
        format_number("many")
    for value in (float("nan"), float("inf"), "1E999999", "1E-999999"):
        with pytest.raises(ValueError, match="written out"):
            format_number(value)


@given(st.integers())
def test_format_number_without_commas_is_the_number(value: int) -> None:
    shown = format_number(value)
    assert int(shown.replace(",", "")) == value
    assert all(len(group) == 2 for group in shown.lstrip("-").split(",")[1:-1])


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**40), max_value=10**40), st.integers(0, 6))
def test_format_number_rounds_to_the_nearest(value: Decimal, decimals: int) -> None:
    shown = Decimal(format_number(value, decimals=decimals).replace(",", ""))
    assert abs(float(shown) - float(value)) <= 0.5000001 * 10.0**-decimals + abs(float(value)) * 1e-9


@pytest.mark.parametrize(
    ("amount", "currency", "english", "bengali"),
    [
        (Decimal("1234567"), "BDT", "Tk 12,34,567", "৳১২,৩৪,৫৬৭"),
        (Decimal("123456.50"), "BDT", "Tk 1,23,456.50", "৳১,২৩,৪৫৬.৫০"),
        (Decimal("500.00"), "BDT", "Tk 500", "৳৫০০"),
        (Decimal("0.005"), "BDT", "Tk 0.01", "৳০.০১"),
        (Decimal("-80"), "BDT", "-Tk 80", "-৳৮০"),
        (Decimal("-0.001"), "BDT", "Tk 0", "৳০"),
        (Decimal("10.5"), "USD", "USD 10.50", "USD ১০.৫০"),
        (Decimal("1200.4"), "JPY", "JPY 1,200", "JPY ১,২০০"),
        (Decimal("1.2345"), "KWD", "KWD 1.235", "KWD ১.২৩৫"),
        (7, "BDT", "Tk 7", "৳৭"),
    ],
)
def test_format_money_puts_the_currency_first(amount: Decimal, currency: str, english: str, bengali: str) -> None:
    assert format_money(amount, currency) == english
    assert format_money(amount, currency, language="bn", digits="bengali") == bengali


def test_format_date_in_both_languages_and_three_styles() -> None:
    day = date(2026, 11, 2)
    assert format_date(day) == "2 November 2026"
    assert format_date(day, style="short") == "2 Nov 2026"
    assert format_date(day, style="numeric") == "02/11/2026"
    assert format_date(day, language="bn", digits="bengali") == "২ নভেম্বর ২০২৬"
    assert format_date(day, language="bn", digits="bengali", style="short") == "২ নভে ২০২৬"
    assert format_date(day, language="bn", digits="latin") == "2 নভেম্বর 2026"


@pytest.mark.parametrize(
    ("at", "english", "bengali"),
    [
        (time(0, 0), "12:00 am", "রাত ১২:০০"),
        (time(3, 59), "3:59 am", "রাত ৩:৫৯"),
        (time(4, 0), "4:00 am", "সকাল ৪:০০"),
        (time(11, 59), "11:59 am", "সকাল ১১:৫৯"),
        (time(12, 0), "12:00 pm", "দুপুর ১২:০০"),
        (time(15, 59), "3:59 pm", "দুপুর ৩:৫৯"),
        (time(16, 5), "4:05 pm", "বিকাল ৪:০৫"),
        (time(18, 0), "6:00 pm", "সন্ধ্যা ৬:০০"),
        (time(20, 0), "8:00 pm", "রাত ৮:০০"),
        (time(23, 59), "11:59 pm", "রাত ১১:৫৯"),
    ],
)
def test_format_time_names_the_part_of_the_day(at: time, english: str, bengali: str) -> None:
    assert format_time(at) == english
    assert format_time(at, language="bn", digits="bengali") == bengali


def test_format_datetime_joins_date_and_time() -> None:
    at = datetime(2026, 11, 22, 14, 30)
    assert format_datetime(at) == "22 November 2026, 2:30 pm"
    assert format_datetime(at, language="bn", digits="bengali", style="short") == "২২ নভে ২০২৬, দুপুর ২:৩০"


def test_format_weekday_saturday_is_shonibar() -> None:
    assert [format_weekday(date(2026, 11, 21) + timedelta(days=n)) for n in (0, 1, 6)] == [
        "Saturday",
        "Sunday",
        "Friday",
    ]
    assert format_weekday(date(2026, 11, 21), language="bn") == "শনিবার"
    assert format_weekday(date(2026, 11, 26), language="bn") == "বৃহস্পতিবার"


@pytest.mark.parametrize(
    ("seconds", "english", "bengali"),
    [
        (7500, "2 h 5 min", "২ ঘণ্টা ৫ মিনিট"),
        (-7500, "-2 h 5 min", "-২ ঘণ্টা ৫ মিনিট"),
        (7200, "2 h", "২ ঘণ্টা"),
        (59.9, "59 s", "৫৯ সেকেন্ড"),
        (60, "1 min", "১ মিনিট"),
        (119, "1 min", "১ মিনিট"),
        (0, "0 min", "০ মিনিট"),
        (-0.5, "0 min", "০ মিনিট"),
        (86400, "1 d", "১ দিন"),
        (86400 + 1800, "1 d", "১ দিন"),
        (3 * 86400 + 4 * 3600 + 59, "3 d 4 h", "৩ দিন ৪ ঘণ্টা"),
        (timedelta(hours=1, minutes=1), "1 h 1 min", "১ ঘণ্টা ১ মিনিট"),
    ],
)
def test_format_duration_shows_two_largest_units(seconds: float | timedelta, english: str, bengali: str) -> None:
    assert format_duration(seconds) == english
    assert format_duration(seconds, language="bn", digits="bengali") == bengali


def test_format_bangla_date_in_both_languages() -> None:
    assert format_bangla_date(date(2026, 11, 22)) == f"৭ অগ্রহায{NUKTA}ণ ১৪৩৩"
    assert format_bangla_date(date(2026, 11, 22), language="en", digits="latin") == "7 Agrahayan 1433"


def test_ref_letters_are_one_to_one() -> None:
    assert len(set(REF_LETTERS.values())) == len(REF_LETTERS)
    assert REF_LETTERS["K"] == "ক"
    assert REF_LETTERS["F"] == "ফ"
    assert REF_LETTERS["R"] == "প"


def test_format_ref_only_for_bengali_readers_of_bengali_digits() -> None:
    assert format_ref("K-1045", language="bn", digits="bengali") == "ক-১০৪৫"
    assert format_ref("K-1045", language="bn", digits="latin") == "K-1045"
    assert format_ref("K-1045") == "K-1045"
    assert format_ref("X-7", language="bn", digits="bengali") == "X-৭"
    assert format_ref("none 5", language="bn", digits="bengali") == "none 5"


@pytest.mark.parametrize(
    "typed",
    [
        "K-1045",
        "k1045",
        "ক-১০৪৫",
        "ক১০৪৫",
        " ক ১০৪৫ ",
        "K 1045",
        "#K-1045",
        "K–1045",
        "k_1045",
        "K-০১০৪৫",
        "ক-1045",
        "K/1045",
    ],
)
def test_parse_ref_any_way_to_type_it_is_the_canonical_number(typed: str) -> None:
    assert parse_ref(typed) == "K-1045"


@pytest.mark.parametrize(
    "typed", [None, "", "K", "1045", "রহিম ৫", "খ-১০", "K-10-45", "K-1045 late", "ABCD-1", "K-" + "9" * 13]
)
def test_parse_ref_other_text_is_no_number(typed: str | None) -> None:
    assert parse_ref(typed) is None


@given(st.sampled_from(sorted(REF_LETTERS)), st.integers(0, 10**9))
def test_parse_ref_reads_what_format_ref_shows(letter: str, number: int) -> None:
    ref = f"{letter}-{number}"
    assert parse_ref(format_ref(ref, language="bn", digits="bengali")) == ref
    assert parse_ref(ref) == ref


@given(st.text())
def test_parse_ref_never_raises_and_is_stable(text: str) -> None:
    found = parse_ref(text)
    assert found is None or parse_ref(found) == found
    assert show_digits(show_digits(text, digits="bengali"), digits="latin") == show_digits(text, digits="latin")


def test_reader_defaults_to_the_active_language_and_is_restored() -> None:
    with translation.override("bn"):
        assert current_reader() == Reader("bn", "bengali", "Asia/Dhaka", True)
    with translation.override("en-gb"):
        assert current_reader() == Reader("en", "latin", "Asia/Dhaka", False)
        with reader_context(BENGALI):
            assert current_reader() is BENGALI
            with pytest.raises(RuntimeError), reader_context(ENGLISH):
                raise RuntimeError
            assert current_reader() is BENGALI
        assert current_reader().language == "en"
        set_reader(BENGALI)
        assert current_reader() is BENGALI
        set_reader(None)
        assert current_reader().language == "en"


def shown(source: str, reader: Reader = BENGALI, **values: Any) -> str:
    engine = Engine(libraries={"halkhata": "halkhata.foundation.core.templatetags.halkhata"})
    with reader_context(reader):
        return engine.from_string("{% load halkhata %}" + source).render(Context(values))


AT = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)  # already the 23rd in Dhaka


@pytest.mark.parametrize(
    ("source", "value", "bengali", "english"),
    [
        ("{{ v|num }}", 1234567, "১২,৩৪,৫৬৭", "12,34,567"),
        ("{{ v|num:1 }}", 4.25, "৪.৩", "4.3"),
        ("{{ v|num }}", None, "", ""),
        ("{{ v|num }}", "<b>", "&lt;b&gt;", "&lt;b&gt;"),
        ("{{ v|digits }}", "ফোন 12", "ফোন ১২", "ফোন 12"),
        ("{{ v|digits }}", "১২", "১২", "12"),
        ("{{ v|digits }}", "JH150S, CS-8269959 (12)", "JH150S, CS-8269959 (১২)", "JH150S, CS-8269959 (12)"),
        ("{{ v|digits }}", "WC/00030; a1@b2.test; 3/4", "WC/00030; a1@b2.test; ৩/৪", "WC/00030; a1@b2.test; 3/4"),
        ("{{ v|localmonth }}", date(2026, 11, 1), "নভেম্বর ২০২৬", "November 2026"),
        ("{{ v|localmonth }}", None, "", ""),
        ("{{ v|digits }}", "<b>1</b>'", "&lt;b&gt;১&lt;/b&gt;&#x27;", "&lt;b&gt;1&lt;/b&gt;&#x27;"),
        ("{{ v|localdt }}", AT, "২৩ নভেম্বর ২০২৬, রাত ২:৩০", "23 November 2026, 2:30 am"),
        ('{{ v|localdt:"short" }}', AT, "২৩ নভে ২০২৬, রাত ২:৩০", "23 Nov 2026, 2:30 am"),
        ("{{ v|localdt }}", None, "", ""),
        ("{{ v|localdate }}", AT, "২৩ নভেম্বর ২০২৬", "23 November 2026"),
        ("{{ v|localdate }}", date(2026, 11, 22), "২২ নভেম্বর ২০২৬", "22 November 2026"),
        ("{{ v|localtime }}", AT, "রাত ২:৩০", "2:30 am"),
        ("{{ v|localtime }}", time(9, 5), "সকাল ৯:০৫", "9:05 am"),
        ("{{ v|weekday }}", AT, "সোমবার", "Monday"),
        ("{{ v|duration }}", -7500, "-২ ঘণ্টা ৫ মিনিট", "-2 h 5 min"),
        ("{{ v|duration }}", timedelta(minutes=5), "৫ মিনিট", "5 min"),
        ("{{ v|duration }}", None, "", ""),
        ("{{ v|money }}", Decimal("1234.50"), "৳১,২৩৪.৫০", "Tk 1,234.50"),
        ('{{ v|money:"USD" }}', Decimal("3"), "USD ৩", "USD 3"),
        ("{{ v|money }}", "", "", ""),
        ("{{ v|phone }}", "+8801112345678", "০১১১২-৩৪৫৬৭৮", "01112-345678"),
        ("{{ v|phone }}", "<i>", "&lt;i&gt;", "&lt;i&gt;"),
        ("{{ v|bangladate }}", AT, f"৮ অগ্রহায{NUKTA}ণ ১৪৩৩", ""),
        ('{{ v|bangladate:"always" }}', AT, f"৮ অগ্রহায{NUKTA}ণ ১৪৩৩", "8 Agrahayan 1433"),
        ("{{ v|bangladate }}", date(1, 1, 1), "", ""),
        ("{{ v|ref }}", "K-1045", "ক-১০৪৫", "K-1045"),
        ("{{ v|ref }}", "<script>", "&lt;script&gt;", "&lt;script&gt;"),
        ("{{ v|ref }}", None, "", ""),
    ],
)
def test_filters_show_the_value_in_the_readers_way(source: str, value: Any, bengali: str, english: str) -> None:
    assert shown(source, BENGALI, v=value) == bengali
    assert shown(source, ENGLISH, v=value) == english


def test_filters_use_the_readers_zone() -> None:
    assert shown("{{ v|localdt }}", Reader(time_zone="Asia/Dubai"), v=AT) == "23 November 2026, 12:30 am"


def test_digits_filter_leaves_tags_and_character_references_of_safe_markup_alone() -> None:
    markup = mark_safe('<a href="/t/12" title="3">12 &#39;x&#39; &amp; 4</a>')
    assert shown("{{ v|digits }}", v=markup) == '<a href="/t/12" title="3">১২ &#39;x&#39; &amp; ৪</a>'
    assert shown("{% filter digits %}{{ v }} 5{% endfilter %}", v="<7>") == "&lt;৭&gt; ৫"


@settings(deadline=None)  # each example compiles a template
@given(
    st.text(),
    st.sampled_from(["num", "digits", "localdt", "localdate", "localtime", "duration", "money", "phone", "ref"]),
)
def test_no_filter_lets_markup_through(text: str, name: str) -> None:
    output = shown("{{ v|" + name + " }}", v=f"<{text}>")
    assert "<" not in output
    assert ">" not in output


@pytest.mark.parametrize("piece", ["1", "1.", "1-", "%"])
def test_endless_number_in_a_text_is_shown_like_any_other(piece: str) -> None:
    """Looking for codes must not go over the whole rest again at each letter (B29)."""
    with reader_context(BENGALI):
        assert digits(piece * 100_000) == piece.replace("1", "১") * 100_000

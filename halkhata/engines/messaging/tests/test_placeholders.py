"""Gaps in texts: a closed list, words for when nothing is known, and errors at the field (ADR 0010)."""

import pytest

from halkhata.engines.messaging.services.placeholders import StandIn, check_placeholders, fill, names_in
from halkhata.foundation.core.errors import DomainError


@pytest.mark.parametrize(
    ("text", "values", "filled"),
    [
        ("{{ customer|ভাই }}, শুনুন", {"customer": ""}, "ভাই, শুনুন"),
        ("{{customer | প্রিয় ক্রেতা }}", {"customer": "  "}, "প্রিয় ক্রেতা"),
        ("{{ customer|ভাই }}", {"customer": "রহিমা বেগম"}, "রহিমা বেগম"),
        # What we put where no name is known gives way to the words of the text.
        ("{{ customer|Sir }}", {"customer": StandIn("Dear customer")}, "Sir"),
        ("{{ customer }}", {"customer": StandIn("Dear customer")}, "Dear customer"),
        ("{{ promise|soon }} {{ promise }}.", {"promise": ""}, "soon ."),
        ("{{ gone|a|b }}", {}, "a|b"),
        # One pass: neither a value nor a fallback is read again.
        ("{{ text|x }}", {"text": "{{ number|y }}", "number": "K-1"}, "{{ number|y }}"),
        ("${7*7} {% if x %}", {}, "${7*7} {% if x %}"),
        ("{{ customer.__class__ }}", {"customer": "Rahima"}, ""),
        ("{{\n customer }}", {"customer": "Rahima"}, "Rahima"),
    ],
)
def test_gaps_are_filled_in_one_pass_and_fall_back(text, values, filled):
    assert fill(text, values) == filled


def test_names_are_named_without_their_fallbacks():
    assert names_in("{{ links|none }} {{customer}} {{ text }}") == ["links", "customer", "text"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{{ customer_name|ভাই }}", "unknown_placeholder"),
        ("{{ secret_key }}", "unknown_placeholder"),
        ("{{ customer.email }}", "unknown_placeholder"),
        ("{{ }}", "unknown_placeholder"),
        ("{{ customer| }}", "empty_fallback"),
        ("{customer|ভাই}", "broken_placeholder"),
        ("{ number }", "broken_placeholder"),
        ("{{ customer", "broken_placeholder"),
        ("customer }}", "broken_placeholder"),
        ("{{ customer|a\nb }}", "broken_placeholder"),
        ("{{ customer|{{ agent }} }}", "broken_placeholder"),
        ("{{ customer|" + "x" * 81 + " }}", "broken_placeholder"),
    ],
)
def test_what_is_no_gap_is_refused_at_its_field(text, code):
    with pytest.raises(DomainError) as refused:
        check_placeholders(text, "body")
    assert (refused.value.code, refused.value.field) == (code, "body")


@pytest.mark.parametrize("text", ["{{ customer|ভাই }} {{number}}", "{ok} [x] {}", "a } b { c", "{{ links|– }}"])
def test_ordinary_braces_and_gaps_pass(text):
    check_placeholders(text, "body")


def test_long_rows_of_braces_are_read_in_no_time():
    import time

    begun = time.monotonic()
    for text in ("{{ " * 3000, "{{" + " " * 9000, "{" * 9000, "{{ a|" * 2000, "{{ customer|" + "x" * 9000):
        fill(text, {})
        with pytest.raises(DomainError):
            check_placeholders(text + "{{", "body")
    assert time.monotonic() - begun < 5

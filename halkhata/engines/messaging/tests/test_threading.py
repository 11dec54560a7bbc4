"""Signed tokens and the order of hints to a conversation (A52.2, A52.3)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halkhata.engines.messaging.mime.parse import parse_mail
from halkhata.engines.messaging.mime.threading import (
    ThreadKey,
    conversation_from_message_id,
    make_message_id,
    make_token,
    plus_address,
    read_token,
    thread_candidates,
    ticket_tags,
    tokens_in,
)

KEY = b"k" * 32
OTHER_KEY = b"j" * 32
LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(st.integers(1, 2**63 - 1))
def test_token_comes_back_and_only_with_its_key(number):
    token = make_token(number, KEY)
    assert read_token(token, KEY) == number
    assert read_token(token, OTHER_KEY) is None
    assert 18 <= len(token) <= 29
    assert set(token) <= set(LETTERS)


@pytest.mark.parametrize("number", [1, 255, 256, 1045, 2**31, 2**63 - 1])
def test_every_edit_of_one_character_is_refused(number):
    token = make_token(number, KEY)
    edits = {token[:at] + letter + token[at + 1 :] for at in range(len(token)) for letter in LETTERS + LETTERS.upper()}
    edits |= {token[:at] + token[at + 1 :] for at in range(len(token))}
    edits |= {token[:at] + letter + token[at:] for at in range(len(token) + 1) for letter in LETTERS}
    edits |= {token + "=", " " + token, token + "\n", token.upper()}
    edits.discard(token)
    assert [edit for edit in edits if read_token(edit, KEY) is not None] == []


@pytest.mark.parametrize("number", [0, -1, 2**63])
def test_numbers_that_are_no_conversation_are_refused(number):
    with pytest.raises(ValueError, match="conversation_id"):
        make_token(number, KEY)


def test_short_key_is_refused():
    with pytest.raises(ValueError, match="key"):
        make_token(1, b"short")


def test_plus_address_carries_the_token_and_is_found_again():
    token = make_token(7, KEY)
    address = plus_address("support@shop.test", token)
    assert address == f"support+t.{token}@shop.test"
    raw = (
        f"From: a@example.com\nTo: Shop <{address}>\nCc: {address.upper()}\nDelivered-To: x+t.{'a' * 18}@shop.test\n\nx"
    )
    assert tokens_in(parse_mail(raw.encode())) == [token, "a" * 18]


@pytest.mark.parametrize("address", ["shop.test", "@shop.test", "a@", "a" * 60 + "@shop.test"])
def test_plus_address_of_nonsense_is_refused(address):
    with pytest.raises(ValueError, match="local part|not an address"):
        plus_address(address, make_token(7, KEY))


def test_message_id_is_unique_and_leads_back():
    first, second = (make_message_id(1045, "Shop.test", KEY) for _ in range(2))
    assert first != second
    assert first.endswith("@shop.test>")
    assert conversation_from_message_id(first, KEY) == 1045
    assert conversation_from_message_id(first.upper(), KEY) == 1045
    assert conversation_from_message_id(first, OTHER_KEY) is None
    assert conversation_from_message_id("<abc@shop.test>", KEY) is None


@pytest.mark.parametrize("domain", ["", "a b", "x>\r\nBcc: y", "-a", "a@b"])
def test_message_id_of_a_bad_domain_is_refused(domain):
    with pytest.raises(ValueError, match="domain"):
        make_message_id(1, domain, KEY)


def test_hints_come_in_the_order_of_their_strength():
    token = make_token(7, KEY)
    raw = (
        f"From: a@example.com\nTo: support+t.{token}@shop.test\nIn-Reply-To: <b@x>\n"
        "References: <root@x> <a@x> <b@x>\nSubject: Re: [ক-১০৪৫] fan [#K-7] [note]\n\nx"
    )
    assert thread_candidates(parse_mail(raw.encode())) == [
        ThreadKey("token", token),
        ThreadKey("in_reply_to", "<b@x>"),
        ThreadKey("reference", "<a@x>"),
        ThreadKey("reference", "<root@x>"),
        ThreadKey("ticket_tag", "K-1045"),
        ThreadKey("ticket_tag", "K-7"),
    ]


@pytest.mark.parametrize("subject", ["Re: K-1045", "fan broken", "[K1045]", "K-1045]", "[2024-11]", "[K-]"])
def test_bare_subject_is_no_hint(subject):
    assert ticket_tags(subject) == []
    assert thread_candidates(parse_mail(f"From: a@example.com\nSubject: {subject}\n\nx".encode())) == []

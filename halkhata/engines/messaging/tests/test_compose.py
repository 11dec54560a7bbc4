"""Outgoing mail: standard, complete, and with no way to smuggle a header in."""

import email
from datetime import UTC, datetime
from email import policy

import pytest

from halkhata.engines.messaging.mime.compose import build_mail
from halkhata.engines.messaging.mime.parse import Attachment, parse_mail
from halkhata.foundation.core.errors import DomainError

DATE = datetime(2025, 3, 3, 10, 11, tzinfo=UTC)


def build(**changes) -> bytes:
    arguments = {
        "from_addr": "support@shop.test",
        "from_name": "দোকান, “সেবা”",
        "to": [("রহিম <ঢাকা>", "r@example.com"), ("", "s@example.com")],
        "cc": [("Ann", "ann@example.com")],
        "reply_to": [("", "support+t.abcdefghijklmnopqr@shop.test")],
        "subject": "আপনার অভিযোগ পেয়েছি [ক-১০৪৫] " * 6,
        "text": "ধন্যবাদ।\nআমরা দেখছি।",
        "html": '<p>ধন্যবাদ। <img src="cid:p@shop.test"></p>',
        "message_id": "<a@shop.test>",
        "in_reply_to": "<b@example.com>",
        "references": ["<root@example.com>", "<b@example.com>"],
        "auto_submitted": None,
        "attachments": [
            Attachment("রসিদ নং ১ — মূল কপি.pdf", "application/pdf", b"%PDF\r\n\xff\0"),
            Attachment("p.png", "image/png", b"\x89PNG", "p@shop.test", inline=True),
            Attachment("কথা.txt", "text/plain", "বাংলা\n".encode()),
        ],
        "date": DATE,
    }
    return build_mail(**(arguments | changes))


def test_mail_comes_back_as_it_was_built():
    parsed = parse_mail(build())
    assert parsed.from_name == "দোকান, “সেবা”"
    assert parsed.from_address == "support@shop.test"
    assert parsed.to == (("রহিম <ঢাকা>", "r@example.com"), ("", "s@example.com"))
    assert parsed.cc == (("Ann", "ann@example.com"),)
    assert parsed.reply_to == (("", "support+t.abcdefghijklmnopqr@shop.test"),)
    assert parsed.subject == ("আপনার অভিযোগ পেয়েছি [ক-১০৪৫] " * 6).strip()
    assert parsed.text == "ধন্যবাদ।\nআমরা দেখছি।"
    assert parsed.html == '<p>ধন্যবাদ। <img src="cid:p@shop.test"></p>\n'
    assert (parsed.message_id, parsed.in_reply_to) == ("<a@shop.test>", "<b@example.com>")
    assert parsed.references == ("<root@example.com>", "<b@example.com>")
    assert parsed.date == DATE
    assert parsed.notes == ()
    by_name = {file.name: file for file in parsed.attachments}
    assert by_name["রসিদ নং ১ — মূল কপি.pdf"].data == b"%PDF\r\n\xff\0"
    assert by_name["কথা.txt"].data == "বাংলা\n".encode()
    assert (by_name["p.png"].inline, by_name["p.png"].content_id) == (True, "p@shop.test")


def test_wire_form_is_ascii_with_short_lines_and_text_before_html():
    raw = build()
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78
    assert b"\n" not in raw.replace(b"\r\n", b"")
    reference = email.message_from_bytes(raw, policy=policy.default)
    assert reference.get_body(("plain",)).get_content().replace("\r\n", "\n") == "ধন্যবাদ।\nআমরা দেখছি।\n"
    assert [part.get_content_type() for part in reference.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "application/pdf",
        "text/plain",
    ]
    assert [part.get_filename() for part in reference.iter_attachments()] == ["রসিদ নং ১ — মূল কপি.pdf", "কথা.txt"]


@pytest.mark.parametrize("value", ["auto-replied", "auto-generated"])
def test_automatic_mail_says_so(value):
    raw = build(auto_submitted=value)
    assert f"\r\nAuto-Submitted: {value}\r\n".encode() in raw
    assert b"\r\nX-Auto-Response-Suppress: All\r\n" in raw
    assert b"Precedence" not in raw
    assert b"Auto-Submitted" not in build()


@pytest.mark.parametrize("bad", ["x\r\nBcc: evil@example.com", "x\nBcc: y", "x\ry", "x\0y", "x\u2028y", "x\x85y"])
@pytest.mark.parametrize(
    "place", ["from_name", "from_addr", "to_name", "to", "cc", "subject", "message_id", "in_reply_to", "file", "extra"]
)
def test_line_break_in_a_header_is_refused(place, bad):
    changes = {
        "from_name": {"from_name": bad},
        "from_addr": {"from_addr": f"{bad}@shop.test"},
        "to_name": {"to": [(bad, "r@example.com")]},
        "to": {"to": [("", f"{bad}@example.com")]},
        "cc": {"cc": [("", f"a@{bad}")]},
        "subject": {"subject": bad},
        "message_id": {"message_id": f"<{bad}@shop.test>"},
        "in_reply_to": {"in_reply_to": f"<{bad}@shop.test>"},
        "file": {"attachments": [Attachment(bad, "text/plain", b"x")]},
        "extra": {"extra_headers": {"List-Unsubscribe": bad}},
    }[place]
    with pytest.raises(DomainError) as error:
        build(**changes)
    assert error.value.code == "mail_header_line_break"


@pytest.mark.parametrize(
    "address", ["", "a", "a@", "@b", "a b@c.test", "a@b.test, c@d.test", "<a@b.test>", 'a"@b.test']
)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(DomainError) as error:
        build(to=[("", address)])
    assert error.value.code == "mail_address_invalid"


def test_mail_without_recipient_or_with_naive_date_is_refused():
    with pytest.raises(DomainError) as error:
        build(to=[], cc=[])
    assert error.value.code == "mail_no_recipient"
    with pytest.raises(ValueError, match="aware"):
        build(date=datetime(2025, 3, 3))  # noqa: DTZ001


def test_long_threads_keep_root_and_latest_references():
    references = [f"<{number}@example.com>" for number in range(50)]
    parsed = parse_mail(build(references=references, in_reply_to="<last@example.com>"))
    assert parsed.references == ("<0@example.com>", *references[32:], "<last@example.com>")


def test_text_is_made_from_html_when_there_is_none():
    assert parse_mail(build(text="", html="<p>এক</p><p>দুই</p>", attachments=[])).text == "এক\n\nদুই"


def test_text_only_mail_has_one_part():
    raw = build(html=None, attachments=[], text="plain = text\n")
    assert parse_mail(raw).content_type == "text/plain"
    assert parse_mail(raw).text == "plain = text"


def test_dangerous_attachment_types_become_opaque():
    files = [Attachment("a.eml", "message/rfc822", b"From: x\n\ny"), Attachment("b", "no type", b"z")]
    parsed = parse_mail(build(attachments=files))
    assert [(file.content_type, file.data) for file in parsed.attachments] == [
        ("application/octet-stream", b"From: x\n\ny"),
        ("application/octet-stream", b"z"),
    ]

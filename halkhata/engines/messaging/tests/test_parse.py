"""Ordinary mails are read exactly."""

from datetime import UTC, datetime

import pytest

from halkhata.engines.messaging.mime.headers import (
    decode_words,
    read_addresses,
    read_date,
    read_message_id,
    read_parameters,
)
from halkhata.engines.messaging.mime.parse import UnparseableMail, parse_mail


def mail(*lines: str, body: str = "Hello", head: str = "From: a@example.com") -> bytes:
    return "\r\n".join([head, *lines, "", body]).encode()


def test_bengali_mail_is_read_exactly():
    raw = (
        "From: =?utf-8?B?4Kaw4Ka54Ka/4Kau?= <rahim@Example.COM>\r\n"
        "To: Shop <support@shop.test>, c@example.com\r\n"
        "Cc: =?utf-8?q?K=C3=B6ln?= <d@example.com>\r\n"
        "Delivered-To: support+t.abc@shop.test\r\n"
        "Subject: =?utf-8?B?4KaG4Kau4Ka+4Kaw?=\r\n =?utf-8?B?IOCmq+CmvuCmqA==?=\r\n"
        "Message-ID: <one@example.com>\r\nIn-Reply-To: <zero@shop.test>\r\n"
        "References: <root@shop.test>\r\n\t<zero@shop.test>\r\n"
        "Date: Mon, 3 Mar 2025 16:11:00 +0600\r\nReturn-Path: <rahim@example.com>\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        "ফ্যান ঘোরে না\r\nদেখুন\r\n"
    ).encode()
    parsed = parse_mail(raw)
    assert parsed.from_name == "রহিম"
    assert parsed.from_address == "rahim@example.com"
    assert parsed.to == (("Shop", "support@shop.test"), ("", "c@example.com"))
    assert parsed.cc == (("Köln", "d@example.com"),)
    assert parsed.delivered_to == ("support+t.abc@shop.test",)
    assert parsed.subject == "আমার ফান"
    assert parsed.message_id == "<one@example.com>"
    assert parsed.in_reply_to == "<zero@shop.test>"
    assert parsed.references == ("<root@shop.test>", "<zero@shop.test>")
    assert parsed.date == datetime(2025, 3, 3, 10, 11, tzinfo=UTC)
    assert parsed.return_path == "rahim@example.com"
    assert parsed.text == "ফ্যান ঘোরে না\nদেখুন"
    assert (parsed.html, parsed.attachments, parsed.notes, parsed.size) == (None, (), (), len(raw))


def test_alternative_with_inline_picture_and_file_keeps_each_in_its_place():
    raw = mail(
        'Content-Type: multipart/mixed; boundary="M"',
        body=(
            "--M\r\nContent-Type: multipart/related; boundary=R\r\n\r\n--R\r\nContent-Type: multipart/alternative;"
            "boundary=A\r\n\r\n--A\r\n\r\nplain\r\n"
            "--A\r\nContent-Type: text/html\r\n\r\n<p>rich</p>\r\n--A--\r\n--R\r\n"
            "Content-Type: image/png; name=p.png\r\nContent-ID: <p@x>\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            "iVBO\r\n--R--\r\n--M\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment;"
            " filename*0*=UTF-8''%E0%A6%B0%E0%A6%B8; filename*1*=%E0%A6%BF%E0%A6%A6.pdf\r\n\r\n%PDF-1.4\r\n--M--\r\n"
        ),
    )
    parsed = parse_mail(raw)
    assert parsed.text == "plain"
    assert parsed.html == "<p>rich</p>"
    picture, file = parsed.attachments
    assert (picture.name, picture.content_type, picture.data, picture.content_id, picture.inline) == (
        "p.png",
        "image/png",
        b"\x89PN",
        "p@x",
        True,
    )
    assert (file.name, file.data, file.inline) == ("রসিদ.pdf", b"%PDF-1.4", False)


def test_html_only_mail_gets_text_and_a_note():
    parsed = parse_mail(mail("Content-Type: text/html; charset=utf-8", body="<p>এক</p><p>দুই</p>"))
    assert parsed.text == "এক\n\nদুই"
    assert parsed.notes == ("text_from_html",)


def test_text_of_a_mixed_mail_is_not_lost_beside_an_html_footer():
    parsed = parse_mail(
        mail(
            "Content-Type: multipart/mixed; boundary=B",
            body="--B\r\n\r\nfirst\r\n--B\r\nContent-Type: text/html\r\n\r\n<i>foot</i>\r\n--B--",
        )
    )
    assert parsed.text == "first\n\nfoot"
    assert parsed.html == "<p>first</p>\n<i>foot</i>"


def test_delivery_report_and_returned_mail_are_read():
    parsed = parse_mail(
        mail(
            "Content-Type: multipart/report; report-type=delivery-status; boundary=B",
            body=(
                "--B\r\n\r\nFailed.\r\n--B\r\nContent-Type: message/delivery-status\r\n\r\n"
                "Reporting-MTA: dns; x\r\n\r\n"
                "Final-Recipient: rfc822; a@b.test\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--B\r\n"
                "Content-Type: message/rfc822\r\n\r\nSubject: Old\r\nMessage-ID: <old@shop.test>\r\n\r\nx\r\n--B--"
            ),
        )
    )
    assert parsed.delivery_report is not None
    assert parsed.delivery_report.report_type == "delivery-status"
    assert parsed.delivery_report.original_message_id == "<old@shop.test>"
    assert "Status: 5.1.1" in parsed.delivery_report.status_text
    assert [file.name for file in parsed.attachments] == ["Old.eml"]


def test_flowed_text_is_joined_and_quotes_stay_apart():
    parsed = parse_mail(
        mail("Content-Type: text/plain; format=flowed", body="one \r\ntwo\r\n> three \r\n> four\r\nfive")
    )
    assert parsed.text == "one two\n> three four\nfive"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a@b.test", [("", "a@b.test")]),
        ('"Ann, B." <a@B.Test>, c@d.test', [("Ann, B.", "a@b.test"), ("", "c@d.test")]),
        ("a@b.test (Ann (the (second)))", [("Ann (the (second))", "a@b.test")]),
        ("Team: a@x.test, b@x.test;, c@x.test", [("", "a@x.test"), ("", "b@x.test"), ("", "c@x.test")]),
        ("undisclosed-recipients:;", []),
        ("<>", []),
        ("Ann <a@b.test", [("Ann", "a@b.test")]),
        ('"a@evil.test" <b@c.test>', [("a@evil.test", "b@c.test")]),
        ('"odd local"@b.test', [("", '"odd local"@b.test')]),
        ("মোহন <m@b.test>", [("মোহন", "m@b.test")]),
    ],
)
def test_address_lists(value, expected):
    assert read_addresses(value)[0] == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("<a@b>", "<a@b>"),
        ("<[a b]@c>", "<[ab]@c>"),
        ("a@b", "<a@b>"),
        ("Your mail of Monday <a@b> ok", "<a@b>"),
        ("<" + "a" * 950 + "@b>", None),
        ("", None),
        ("<>", None),
        ("no id at all", None),
    ],
)
def test_message_ids(value, expected):
    assert read_message_id(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Mon, 3 Mar 2025 16:11:00 +0600", datetime(2025, 3, 3, 10, 11, tzinfo=UTC)),
        ("3 Mar 2025 10:11:00 -0000", datetime(2025, 3, 3, 10, 11, tzinfo=UTC)),
        ("yesterday", None),
        ("Mon, 99 Xxx 20255 99:99:99 +9999999", None),
        ("", None),
        ("Thu, 01 Jan 1900 00:00:00 +0000", None),
    ],
)
def test_dates(value, expected):
    assert read_date(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("=?utf-8?q?a_b=3D?=", "a b="),
        ("x =?utf-8?b?4KaV?= y", "x ক y"),
        ("=?utf-8?b?4KaVIA==?= =?utf-8?q?=E0=A6?= =?utf-8?q?=96?=", "ক খ"),
        ("=?x-unknown?q?abc?=", "abc"),
        ("=?utf-8?b?broken", "=?utf-8?b?broken"),
        ("plain", "plain"),
    ],
)
def test_encoded_words(value, expected):
    assert decode_words(value) == expected


def test_parameters_of_common_mailers():
    assert read_parameters('Text/Plain; Charset="utf-8"; name="a;b\\".txt"') == (
        "text/plain",
        {"charset": "utf-8", "name": 'a;b".txt'},
    )
    assert read_parameters("attachment; filename==?utf-8?B?4KaVLnBkZg==?=")[1] == {"filename": "ক.pdf"}
    assert read_parameters("attachment; filename*=utf-8'bn'%E0%A6%95.pdf")[1] == {"filename": "ক.pdf"}


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "empty"),
        (b" \r\n\0\n", "empty"),
        (b"GIF89a\0\0\1\0;\n", "not_mail"),
    ],
)
def test_nothing_there_is_refused_with_a_reason(raw, code):
    with pytest.raises(UnparseableMail) as error:
        parse_mail(raw)
    assert error.value.reason_code == code


def test_mail_without_sender_or_body_is_still_a_mail():
    parsed = parse_mail(b"Subject: only this\n\n")
    assert (parsed.subject, parsed.from_address, parsed.text) == ("only this", "", "")
    assert parse_mail(b"just words").text == "just words"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\x.exe", "x.exe"),
        ('a\\"><svg onload=1>.png', "a_svg onload=1_.png"),
        ("", "attachment-1.pdf"),
        ("..", "attachment-1.pdf"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
        ("a\u202egpj.exe", "agpj.exe"),
    ],
)
def test_file_names_are_bare_and_safe(name, expected):
    parsed = parse_mail(
        mail("Content-Type: application/pdf", f'Content-Disposition: attachment; filename="{name}"', body="x")
    )
    assert [file.name for file in parsed.attachments] == [expected]

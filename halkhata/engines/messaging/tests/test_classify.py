"""Loop protection by RFC 3834 and A52.4, bounces by RFC 3464 and A52.6."""

import pytest

from halkhata.engines.messaging.mime.classify import BouncedRecipient, classify, parse_bounce
from halkhata.engines.messaging.mime.parse import parse_mail

OWN = ["Support@shop.test"]


def mail(*headers: str, sender: str = "a@example.com", body: str = "Hello") -> bytes:
    return "\n".join([f"From: {sender}", *headers, "", body]).encode()


@pytest.mark.parametrize(
    ("headers", "kind", "reason"),
    [
        (["Auto-Submitted: auto-replied"], "auto_reply", "auto_submitted_replied"),
        (["Auto-Submitted: auto-replied (vacation)"], "auto_reply", "auto_submitted_replied"),
        (["Auto-Submitted: auto-generated"], "auto_reply", "auto_submitted_generated"),
        (["Auto-Submitted: auto-notified; owner-email=x"], "auto_reply", "auto_submitted"),
        (["Precedence: bulk"], "bulk", "precedence_bulk"),
        (["Precedence: LIST"], "bulk", "precedence_list"),
        (["Precedence: junk"], "bulk", "precedence_junk"),
        (["Precedence: auto_reply"], "auto_reply", "precedence_auto_reply"),
        (["List-Id: <x.example.com>"], "bulk", "list_id"),
        (["List-Unsubscribe: <mailto:x@example.com>"], "bulk", "list_unsubscribe"),
        (["X-Auto-Response-Suppress: OOF"], "normal", "auto_response_suppressed"),
        (["Return-Path: <>"], "auto_reply", "empty_return_path"),
        (["Content-Type: multipart/report; boundary=x"], "bounce", "delivery_report"),
        (["Subject: Automatic reply: your ticket"], "auto_reply", "away_subject"),
        (["Subject: Out of Office"], "auto_reply", "away_subject"),
        (["Subject: Out of the office until Sunday"], "auto_reply", "away_subject"),
        (["Subject: স্বয়ংক্রিয় উত্তর: আপনার মেইল"], "auto_reply", "away_subject"),
        (["Subject: আমি ছুটিতে আছি"], "auto_reply", "away_subject"),
        (["X-Failed-Recipients: b@example.com"], "bounce", "failed_recipients"),
    ],
)
def test_automatic_mail_is_never_answered(headers, kind, reason):
    raw = mail(*headers, body="--x\n\nfailed\n--x--") if "multipart" in headers[0] else mail(*headers)
    found = classify(parse_mail(raw), OWN)
    assert (found.kind, found.reason, found.may_auto_reply) == (kind, reason, False)


@pytest.mark.parametrize(
    ("sender", "kind", "reason"),
    [
        ("support@SHOP.test", "own", "own_address"),
        ("support+t.abc@shop.test", "own", "own_address"),
        ("MAILER-DAEMON@x.test", "bounce", "mailer_daemon"),
        ("Postmaster@x.test", "normal", "postmaster"),
        ("", "normal", "no_sender"),
    ],
)
def test_system_senders_and_ourselves_are_never_answered(sender, kind, reason):
    found = classify(parse_mail(mail("Subject: x", sender=sender)), OWN)
    assert (found.kind, found.reason, found.may_auto_reply) == (kind, reason, False)


@pytest.mark.parametrize(
    "headers",
    [
        [],
        ["Auto-Submitted: no"],
        ["Precedence: first-class"],
        ["Return-Path: <a@example.com>"],
        ["X-Auto-Response-Suppress: None"],
        ["Subject: Out of office chair order is broken"],
        ["Subject: Re: automatic washing machine"],
        ["Subject: অফিসের বাইরে পণ্য ফেলে গেছে"],
        ["Subject: Auto rickshaw battery dead"],
    ],
)
def test_ordinary_mail_may_be_answered(headers):
    found = classify(parse_mail(mail(*headers)), OWN)
    assert (found.kind, found.reason, found.may_auto_reply) == ("normal", "", True)


def dsn(status: str) -> bytes:
    return mail(
        "Content-Type: multipart/report; report-type=delivery-status; boundary=B",
        sender="mailer-daemon@x.test",
        body=f"--B\n\nSorry.\n--B\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x.test\n\n{status}\n"
        "--B\nContent-Type: text/rfc822-headers\n\nMessage-ID: <sent@shop.test>\n\n--B--\n",
    )


def test_delivery_status_names_permanent_and_temporary_failures():
    report = parse_bounce(
        parse_mail(
            dsn(
                "Final-Recipient: rfc822; gone@example.com\nAction: failed\nStatus: 5.1.1\n"
                "Diagnostic-Code: smtp; 550 5.1.1 no such\n user here\n\n"
                "Original-Recipient: rfc822;asked@example.com\nFinal-Recipient: RFC822; real@example.com\n"
                "Action: delayed\nStatus: 4.4.1\n\n"
                "Final-Recipient: rfc822; ok@example.com\nAction: delivered\nStatus: 2.0.0\n\n"
                "Final-Recipient: rfc822; old@example.com\nAction: failed\nDiagnostic-Code: smtp; 452 mailbox full\n"
            )
        )
    )
    assert report.original_message_id == "<sent@shop.test>"
    assert report.recipients == (
        BouncedRecipient("gone@example.com", True, "5.1.1", "550 5.1.1 no such user here"),
        BouncedRecipient("asked@example.com", False, "4.4.1", "", gave_up=False),
        BouncedRecipient("old@example.com", False, "", "452 mailbox full"),
    )


def test_delivered_report_has_no_bounced_recipient():
    parsed = parse_mail(dsn("Final-Recipient: rfc822; ok@example.com\nAction: delivered\nStatus: 2.0.0\n"))
    assert parse_bounce(parsed).recipients == ()


def test_qmail_bounce_is_read_from_its_text():
    parsed = parse_mail(
        mail(
            "Return-Path: <>",
            sender="MAILER-DAEMON@x.test",
            body="Hi. This is the qmail-send program at x.test.\n\n<gone@example.com>:\n"
            "Sorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n"
            "Message-ID: <sent@shop.test>\nTo: other@example.com\n\n<not@example.com>:\nerror\n",
        )
    )
    report = parse_bounce(parsed)
    assert report.original_message_id == "<sent@shop.test>"
    assert report.recipients == (
        BouncedRecipient("gone@example.com", True, "5.1.1", "Sorry, no mailbox here by that name. (#5.1.1)"),
    )


def test_exim_bounce_is_read_from_header_and_text():
    parsed = parse_mail(
        mail(
            "X-Failed-Recipients: gone@example.com",
            "Auto-Submitted: auto-replied",
            body="A message could not be delivered.\n\n  gone@example.com\n    SMTP error: 421 try again later\n",
        )
    )
    (recipient,) = parse_bounce(parsed).recipients
    assert (recipient.address, recipient.permanent) == ("gone@example.com", False)


def test_null_sender_with_failed_address_in_text_is_a_bounce():
    parsed = parse_mail(mail("Return-Path: <>", sender="system@x.test", body="<b@example.com>: 550 user unknown\n"))
    assert classify(parsed, OWN).reason == "bounce_text"


def test_read_receipt_is_no_bounce():
    parsed = parse_mail(
        mail(
            "Content-Type: multipart/report; report-type=disposition-notification; boundary=B",
            body="--B\n\nread\n--B\nContent-Type: message/disposition-notification\n\nDisposition: x; displayed\n--B--",
        )
    )
    assert classify(parsed, OWN).reason == "read_receipt"

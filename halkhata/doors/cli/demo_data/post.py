"""The demo's mail as real bytes (RFC 5322), so that it takes the same road as any mail."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime


def customer_mail(
    *,
    sender_name: str,
    sender: str,
    to: str,
    subject: str,
    text: str,
    at: datetime,
    serial: int,
    in_reply_to: str = "",
    as_html: bool = False,
) -> bytes:
    """A mail a customer writes. ``serial`` makes its Message-ID, which is the same in every run."""
    mail = EmailMessage()
    user, _at, domain = sender.partition("@")
    mail["From"] = Address(sender_name, user, domain)
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<demo.{serial}.{int(at.timestamp())}@{domain}>"
    if in_reply_to:
        mail["In-Reply-To"] = in_reply_to
        mail["References"] = in_reply_to
    mail.set_content(text)
    if as_html:
        rows = "".join(f"<p>{line}</p>" for line in text.splitlines() if line)
        mail.add_alternative(
            f'<html><body style="font-family:sans-serif"><div>{rows}</div></body></html>', subtype="html"
        )
    return mail.as_bytes()


def out_of_office(*, sender_name: str, sender: str, to: str, at: datetime, serial: int, in_reply_to: str) -> bytes:
    """An automatic answer of a customer who is away (RFC 3834)."""
    mail = EmailMessage()
    user, _at, domain = sender.partition("@")
    mail["From"] = Address(sender_name, user, domain)
    mail["To"] = to
    mail["Subject"] = "স্বয়ংক্রিয় উত্তর: ছুটিতে আছি"
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<demo.{serial}.{int(at.timestamp())}@{domain}>"
    mail["In-Reply-To"] = in_reply_to
    mail["References"] = in_reply_to
    mail["Auto-Submitted"] = "auto-replied"
    mail.set_content("আমি রবিবার পর্যন্ত ছুটিতে আছি। জরুরি হলে ফোন করুন।\n")
    return mail.as_bytes()


def bounce(*, to: str, address: str, at: datetime, serial: int, original_id: str) -> bytes:
    """A delivery status notification for a mail of ours that came back for good (RFC 3464)."""
    stamp = format_datetime(at)
    return "\r\n".join(
        [
            "Return-Path: <>",
            "From: Mail Delivery System <mailer-daemon@mx.example.com>",
            f"To: {to}",
            "Subject: Undelivered Mail Returned to Sender",
            f"Date: {stamp}",
            f"Message-ID: <demo.bounce.{serial}@mx.example.com>",
            "Auto-Submitted: auto-replied",
            "MIME-Version: 1.0",
            'Content-Type: multipart/report; report-type=delivery-status; boundary="demo-bounce"',
            "",
            "--demo-bounce",
            "Content-Type: text/plain; charset=us-ascii",
            "",
            "This is the mail system at host mx.example.com.",
            f"I could not deliver your message to <{address}>: the mailbox does not exist.",
            "",
            "--demo-bounce",
            "Content-Type: message/delivery-status",
            "",
            "Reporting-MTA: dns; mx.example.com",
            "",
            f"Final-Recipient: rfc822; {address}",
            "Action: failed",
            "Status: 5.1.1",
            "Diagnostic-Code: smtp; 550 5.1.1 no such mailbox",
            "",
            "--demo-bounce",
            "Content-Type: text/rfc822-headers",
            "",
            f"From: {to}",
            f"To: {address}",
            f"Message-ID: {original_id}",
            "",
            "--demo-bounce--",
            "",
        ]
    ).encode("ascii")


def no_mail_at_all(serial: int) -> bytes:
    """Bytes that no program can read as a mail; they end in quarantine, where a person sees them."""
    return b"\x00\x01\x02\xff\xfe" + f"demo scanner page {serial}".encode() + b"\x00" * 64


def without_sender(*, to: str, at: datetime, serial: int) -> bytes:
    """A mail that names nobody to answer to."""
    return (
        f"To: {to}\r\nSubject: =?utf-8?b?4Kam4Ka+4KauIOCmleCmpD8=?=\r\nDate: {format_datetime(at)}\r\n"
        f"Message-ID: <demo.{serial}@nowhere.example.com>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        "ফ্রিজের দাম কত? কিস্তি আছে?\r\n"
    ).encode()

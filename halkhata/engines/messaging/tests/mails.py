"""Mails for tests: built by hand, so that a test sees every header."""

from halkhata.engines.messaging.models import Mailbox
from halkhata.engines.messaging.services.passwords import SIDES, store_password

SHOP = "complaints@shop.example.com"
KARIM = "karim@example.com"


def make_mailbox(shop, **fields) -> Mailbox:
    """The shop's default mailbox; without servers unless the test names them. Passwords are given in clear."""
    values = {
        "name": "Complaints", "address": SHOP, "display_name": "Padma Motors", "branch": shop.branch, "team": shop.team,
        "is_default": True, "smtp_host": "127.0.0.1", "smtp_port": 9, "smtp_security": Mailbox.NONE,
    }  # fmt: skip
    passwords = {side: fields.pop(f"{side}_password") for side in SIDES if f"{side}_password" in fields}
    box = Mailbox(**{**values, **fields})
    for side, password in passwords.items():
        store_password(box, side, password)
    box.save()
    return box


def raw_mail(text="The engine makes a noise.", *, sender=KARIM, subject="Noise", to=SHOP, number=1, **headers) -> bytes:
    """One plain mail. Keyword headers: ``in_reply_to="<x>"`` becomes ``In-Reply-To: <x>``; None leaves one out."""
    values = {
        "From": f"Karim <{sender}>",
        "To": to,
        "Subject": subject,
        "Date": "Sun, 22 Nov 2026 09:00:00 +0600",
        "Message-ID": f"<mail-{number}@example.com>",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
    }
    for name, value in headers.items():
        values["-".join("ID" if part == "id" else part.capitalize() for part in name.split("_"))] = value
    lines = [f"{name}: {value}" for name, value in values.items() if value is not None]
    return ("\r\n".join([*lines, "", text]) + "\r\n").encode()


def bounce_mail(original_id: str, address: str = KARIM, *, status="5.1.1", action="failed", number=1) -> bytes:
    """A delivery status notification (RFC 3464) for the mail with ``original_id``."""
    return (
        "From: MAILER-DAEMON@mx.example.com\r\n"
        f"To: {SHOP}\r\nSubject: Undelivered Mail\r\nMessage-ID: <dsn-{number}@mx.example.com>\r\n"
        "Return-Path: <>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        f"--b\r\nContent-Type: text/plain\r\n\r\nYour mail to {address} could not be delivered.\r\n"
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.com\r\n\r\n"
        f"Final-Recipient: rfc822; {address}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; 550 {status} no such user\r\n\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: {original_id}\r\nSubject: x\r\n\r\nx\r\n--b--\r\n"
    ).encode()

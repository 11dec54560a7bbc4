"""One mail over SMTP, with an honest verdict: taken, refused for now, refused for good, or nobody knows."""

import smtplib
import socket
import ssl
from dataclasses import dataclass
from enum import StrEnum

from halkhata.engines.messaging.keys import unseal
from halkhata.engines.messaging.models import Mailbox

CONNECT_SECONDS = 30
COMMAND_SECONDS = 60
DATA_SECONDS = 600


class Verdict(StrEnum):
    """How a try to send ended."""

    SENT = "sent"
    TRY_LATER = "try_later"
    CHANNEL_DOWN = "channel_down"
    REFUSED = "refused"
    IN_DOUBT = "in_doubt"


@dataclass(frozen=True, kw_only=True)
class SmtpResult:
    """Verdict, the server's code when there was one, and words for the screen."""

    verdict: Verdict
    code: int | None = None
    detail: str = ""


def connect(mailbox: Mailbox) -> smtplib.SMTP:
    """An open, greeted and signed-in connection. Raises OSError or SMTPException."""
    context = ssl.create_default_context()
    if mailbox.smtp_security == Mailbox.TLS:
        client: smtplib.SMTP = smtplib.SMTP_SSL(
            mailbox.smtp_host, mailbox.smtp_port, timeout=CONNECT_SECONDS, context=context
        )
    else:
        client = smtplib.SMTP(mailbox.smtp_host, mailbox.smtp_port, timeout=CONNECT_SECONDS)
    try:
        client.ehlo()
        if mailbox.smtp_security == Mailbox.STARTTLS:
            client.starttls(context=context)
            client.ehlo()
        if mailbox.smtp_username:
            client.login(mailbox.smtp_username, unseal(mailbox.smtp_password))
    except BaseException:
        client.close()
        raise
    return client


def deliver(mailbox: Mailbox, *, recipients: list[str], data: bytes) -> SmtpResult:
    """Send ``data`` once. Never raises for what the server or the network does.

    Everything before the final dot may be repeated safely. A connection that breaks after the mail has begun to flow
    and before the server's answer leaves the mail in doubt: it may have been taken (RFC 5321 section 4.2.5, F08).
    """
    try:
        client = connect(mailbox)
    except smtplib.SMTPResponseException as error:
        # A 5xx greeting or a refused password concerns the channel, not this mail (F10).
        return SmtpResult(verdict=Verdict.CHANNEL_DOWN, code=error.smtp_code, detail=_words(error.smtp_error))
    except (OSError, smtplib.SMTPException, ssl.SSLError) as error:
        return SmtpResult(verdict=Verdict.CHANNEL_DOWN, detail=f"{type(error).__name__}: {error}")
    try:
        return _transaction(client, mailbox.address, recipients, data)
    finally:
        try:
            client.quit()
        except (OSError, smtplib.SMTPException):
            client.close()


def _transaction(client: smtplib.SMTP, sender: str, recipients: list[str], data: bytes) -> SmtpResult:
    try:
        if client.sock is not None:
            client.sock.settimeout(COMMAND_SECONDS)
        code, answer = client.mail(sender, [f"size={len(data)}"] if client.has_extn("size") else [])
        if code != 250:
            return _refusal(code, answer)
        for address in recipients:
            code, answer = client.rcpt(address)
            if code not in (250, 251):
                return _refusal(code, answer)
        code, answer = client.docmd("DATA")
        if code != 354:
            return _refusal(code, answer)
    except (smtplib.SMTPException, OSError) as error:
        return SmtpResult(verdict=Verdict.CHANNEL_DOWN, detail=f"{type(error).__name__}: {error}")
    try:
        if client.sock is not None:
            client.sock.settimeout(DATA_SECONDS)
        client.send(_dotted(data))
        code, answer = client.getreply()
    except (smtplib.SMTPException, OSError, socket.timeout) as error:
        return SmtpResult(verdict=Verdict.IN_DOUBT, detail=f"{type(error).__name__}: {error}")
    if code == 250:
        return SmtpResult(verdict=Verdict.SENT, code=code, detail=_words(answer))
    return _refusal(code, answer)


def _dotted(data: bytes) -> bytes:
    """Line ends CRLF, leading dots doubled, the final dot (RFC 5321 section 4.5.2)."""
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    if lines and lines[-1] == b"":
        lines.pop()
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines) + b"\r\n.\r\n"


def _refusal(code: int, answer: bytes) -> SmtpResult:
    verdict = Verdict.REFUSED if 500 <= code < 600 else Verdict.TRY_LATER
    if code in (421, -1):
        verdict = Verdict.CHANNEL_DOWN
    return SmtpResult(verdict=verdict, code=code, detail=_words(answer))


def _words(answer: bytes | str) -> str:
    return (answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer))[:1000]

"""One mail over SMTP, with an honest verdict: taken, refused for now, refused for good, or nobody knows."""

import smtplib
import socket
import ssl
from dataclasses import dataclass
from enum import StrEnum

from halkhata.engines.messaging.models import Mailbox
from halkhata.engines.messaging.services import mail_errors
from halkhata.engines.messaging.services.mail_errors import code_of, said_by
from halkhata.engines.messaging.services.mail_hosts import open_connection
from halkhata.engines.messaging.services.passwords import PasswordElsewhere, password_for

CONNECT_SECONDS = 30
COMMAND_SECONDS = 60
DATA_SECONDS = 600
QUIT_SECONDS = 5
GONE = frozenset({550, 551, 553})


class Verdict(StrEnum):
    """How a try to send ended."""

    SENT = "sent"
    TRY_LATER = "try_later"
    CHANNEL_DOWN = "channel_down"
    REFUSED = "refused"
    IN_DOUBT = "in_doubt"


@dataclass(frozen=True, kw_only=True)
class SmtpResult:
    """Verdict, the server's code when there was one, why (a code of mail_errors.py) and what the server said.

    ``refused`` names the addresses, each with the server's words, that the server refused for good by themselves.
    """

    verdict: Verdict
    code: int | None = None
    error: str = ""
    detail: str = ""
    refused: tuple[tuple[str, str], ...] = ()


class _Plain(smtplib.SMTP):
    """Connects only where mail connections may go."""

    def _get_socket(self, host: str, port: int, timeout: float | None) -> socket.socket:
        return open_connection(host, port, "smtp", timeout)


class _Encrypted(smtplib.SMTP_SSL, _Plain):
    """The same, encrypted from the start: SMTP_SSL wraps the socket that ``_Plain`` opens."""


def connect(mailbox: Mailbox) -> smtplib.SMTP:
    """An open, greeted and signed-in connection. Raises OSError, SMTPException or PasswordElsewhere."""
    context = ssl.create_default_context()
    # Before anything is opened: a password that belongs elsewhere is a reason not to call there at all.
    password = password_for(mailbox, "smtp") if mailbox.smtp_username else ""
    if mailbox.smtp_security == Mailbox.TLS:
        client: smtplib.SMTP = _Encrypted(
            mailbox.smtp_host, mailbox.smtp_port, timeout=CONNECT_SECONDS, context=context
        )
    else:
        client = _Plain(mailbox.smtp_host, mailbox.smtp_port, timeout=CONNECT_SECONDS)
    try:
        client.ehlo()
        if mailbox.smtp_security == Mailbox.STARTTLS:
            client.starttls(context=context)
            client.ehlo()
        if mailbox.smtp_username:
            client.login(mailbox.smtp_username, password)
    except BaseException:
        client.close()
        raise
    return client


def deliver(mailbox: Mailbox, *, recipients: list[str], data: bytes) -> SmtpResult:
    """Send ``data`` once to the first of ``recipients`` and to the others as copies. Never raises for what the server
    or the network does.

    Everything before the final dot may be repeated safely. A connection that breaks between the dot and the server's
    answer leaves the mail in doubt: it may have been taken (RFC 5321 section 4.2.5, F08).
    """
    if mailbox.is_demo:
        return SmtpResult(verdict=Verdict.REFUSED, error=mail_errors.DEMO)
    try:
        client = connect(mailbox)
    except smtplib.SMTPResponseException as error:
        # A 5xx greeting or a refused password concerns the channel, not this mail (F10).
        return SmtpResult(
            verdict=Verdict.CHANNEL_DOWN, code=error.smtp_code, error=code_of(error), detail=_words(error.smtp_error)
        )
    except (OSError, smtplib.SMTPException, ValueError, PasswordElsewhere) as error:
        return _channel_down(error)
    try:
        return _transaction(client, mailbox.address, recipients, data)
    finally:
        try:
            if client.sock is not None:
                client.sock.settimeout(QUIT_SECONDS)
            client.quit()
        except (OSError, smtplib.SMTPException):
            client.close()


def _channel_down(error: Exception) -> SmtpResult:
    return SmtpResult(verdict=Verdict.CHANNEL_DOWN, error=code_of(error), detail=said_by(error))


def _transaction(client: smtplib.SMTP, sender: str, recipients: list[str], data: bytes) -> SmtpResult:
    try:
        if client.sock is not None:
            client.sock.settimeout(COMMAND_SECONDS)
        code, answer = client.mail(_envelope(sender), [f"size={len(data)}"] if client.has_extn("size") else [])
        if not 200 <= code < 300:
            return _sender_refusal(code, answer)
        refused: dict[str, tuple[int, str]] = {}
        for address in recipients:
            try:
                code, answer = client.rcpt(_envelope(address))
            except UnicodeError:
                code, answer = 553, b"this address has letters that the mail server cannot write"
            if 500 <= code < 600:
                refused[address] = (code, _words(answer))
            elif not 200 <= code < 300:
                # Not yet for one of them: nobody gets it now, so that a later try sends to nobody twice.
                return _refusal(code, answer)
        if len(refused) == len(recipients):
            return _refused_first(recipients[0], refused)
        code, answer = client.docmd("DATA")
        if code != 354:
            return _refusal(code, answer)
        if client.sock is not None:
            client.sock.settimeout(DATA_SECONDS)
        # Without the final dot the server has nothing it could accept: a break here is no doubt.
        client.send(_dotted(data))
    except (smtplib.SMTPException, OSError, UnicodeError) as error:
        return _channel_down(error)
    try:
        client.send(b".\r\n")
        code, answer = client.getreply()
    except (smtplib.SMTPException, OSError) as error:
        return SmtpResult(verdict=Verdict.IN_DOUBT, error=mail_errors.BROKE_OFF, detail=said_by(error))
    if not 200 <= code < 300:
        return _refusal(code, answer)
    if recipients[0] in refused:
        return _refused_first(recipients[0], refused)
    return SmtpResult(verdict=Verdict.SENT, code=code, detail=_words(answer), refused=_named(refused))


def _refused_first(address: str, refused: dict[str, tuple[int, str]]) -> SmtpResult:
    code, words = refused[address]
    return SmtpResult(
        verdict=Verdict.REFUSED, code=code, error=mail_errors.SERVER_REFUSED, detail=words, refused=_named(refused)
    )


def _named(refused: dict[str, tuple[int, str]]) -> tuple[tuple[str, str], ...]:
    """Only what says that the mailbox is not there (RFC 5321 section 4.2.3); 552 is full, 554 is policy."""
    return tuple((address, f"{code} {words}") for address, (code, words) in refused.items() if code in GONE)


def _envelope(address: str) -> str:
    """The address for MAIL and RCPT: the domain in its ASCII form (IDNA)."""
    local, _at, domain = address.rpartition("@")
    return address if domain.isascii() else f"{local}@{domain.encode('idna').decode('ascii')}"


def _sender_refusal(code: int, answer: bytes) -> SmtpResult:
    """MAIL FROM refused: too large concerns this mail, everything else the mailbox (not signed in, not allowed)."""
    if code == 552:
        return _refusal(code, answer)
    return SmtpResult(
        verdict=Verdict.CHANNEL_DOWN, code=code, error=mail_errors.SERVER_REFUSES_US, detail=_words(answer)
    )


def _dotted(data: bytes) -> bytes:
    """Line ends CRLF, leading dots doubled, without the final dot (RFC 5321 section 4.5.2)."""
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    if lines and lines[-1] == b"":
        lines.pop()
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines) + b"\r\n"


def _refusal(code: int, answer: bytes) -> SmtpResult:
    verdict = Verdict.REFUSED if 500 <= code < 600 else Verdict.TRY_LATER
    if code in (421, -1):
        verdict = Verdict.CHANNEL_DOWN
    error = mail_errors.SERVER_REFUSED if verdict == Verdict.REFUSED else mail_errors.SERVER_LATER
    return SmtpResult(verdict=verdict, code=code, error=error, detail=_words(answer))


def _words(answer: bytes | str) -> str:
    return (answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer))[:1000]

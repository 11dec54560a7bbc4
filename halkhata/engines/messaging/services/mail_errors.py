"""Codes for what went wrong with a mail connection. Codes are stored; pages put them into the reader's words."""

import imaplib
import smtplib
import socket
import ssl

from imap_tools.errors import MailboxFolderSelectError, MailboxLoginError

from halkhata.engines.messaging.services.mail_hosts import TargetRefused
from halkhata.engines.messaging.services.passwords import PasswordElsewhere
from halkhata.foundation.core.text import clean_text

# Of deliveries, beside those of ``code_of``.
WORKER_STOPPED = "worker_stopped"
NO_MAILBOX = "no_mailbox"
DEMO = "demo"
NOT_BUILT = "not_built"
SERVER_REFUSED = "server_refused"
SERVER_LATER = "server_later"
BROKE_OFF = "broke_off"
SERVER_REFUSES_US = "server_refuses_us"
CAME_BACK = "came_back"
OTHER = "other"

# The first that fits; narrower classes before wider ones.
_CODES: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (PasswordElsewhere, "password_again"),
    (socket.gaierror, "unknown_host"),
    (UnicodeError, "unknown_host"),
    (ConnectionRefusedError, "connection_refused"),
    (TimeoutError, "timed_out"),
    (ssl.SSLCertVerificationError, "bad_certificate"),
    ((ssl.SSLError, smtplib.SMTPNotSupportedError), "encryption"),
    ((smtplib.SMTPAuthenticationError, MailboxLoginError), "sign_in_refused"),
    (MailboxFolderSelectError, "no_folder"),
    ((smtplib.SMTPServerDisconnected, ConnectionError, EOFError, imaplib.IMAP4.abort), "connection_lost"),
    (smtplib.SMTPResponseException, SERVER_REFUSES_US),
)


def code_of(error: BaseException) -> str:
    """The code for an error of a connection; ``other`` when nothing more is known."""
    if isinstance(error, TargetRefused):
        return error.code
    if isinstance(error, imaplib.IMAP4.error) and "TLS" in str(error):
        return "encryption"  # the library has one class for everything
    return next((code for kinds, code in _CODES if isinstance(error, kinds)), OTHER)


def said_by(error: BaseException) -> str:
    """What the server or the system said, for whoever looks after the mail server; at most 500 characters."""
    if isinstance(error, TargetRefused | PasswordElsewhere):
        return ""
    return clean_text(f"{type(error).__name__}: {error}")[:500]

"""Signing in to an IMAP server, over a socket that leads only where mail connections may go."""

import imaplib
import socket
import ssl

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted

from halkhata.engines.messaging.models import Mailbox
from halkhata.engines.messaging.services.mail_errors import code_of, said_by
from halkhata.engines.messaging.services.mail_hosts import open_connection
from halkhata.engines.messaging.services.passwords import password_for

TIMEOUT_SECONDS = 60


class FetchError(Exception):
    """The mailbox could not be read. ``code`` is one of mail_errors.py; the text is what the server or system said."""

    def __init__(self, code: str, said: str = "") -> None:
        super().__init__(code, said)
        self.code = code
        self.said = said

    def __str__(self) -> str:
        return self.said or self.code


def as_fetch_error(error: Exception) -> FetchError:
    """``error`` of a connection as a FetchError; one that is such already stays as it is."""
    return error if isinstance(error, FetchError) else FetchError(code_of(error), said_by(error))


class _Plain(imaplib.IMAP4):
    def _create_socket(self, timeout: float | None) -> socket.socket:
        return open_connection(self.host, self.port, "imap", timeout)


class _Encrypted(imaplib.IMAP4_SSL):
    def _create_socket(self, timeout: float | None) -> ssl.SSLSocket:
        client = open_connection(self.host, self.port, "imap", timeout)
        return self.ssl_context.wrap_socket(client, server_hostname=self.host)


class _TlsBox(MailBox):
    def _get_mailbox_client(self) -> imaplib.IMAP4:
        return _Encrypted(self._host, self._port, ssl_context=self._ssl_context, timeout=self._timeout)


class _PlainBox(MailBoxUnencrypted):
    def _get_mailbox_client(self) -> imaplib.IMAP4:
        return _Plain(self._host, self._port, timeout=self._timeout)


class _StartTlsBox(MailBoxStartTls):
    def _get_mailbox_client(self) -> imaplib.IMAP4:
        client = _Plain(self._host, self._port, timeout=self._timeout)
        try:
            # Raises unless the connection is encrypted afterwards: a password never goes over it in clear.
            client.starttls(self._ssl_context)
        except BaseException:
            client.shutdown()
            raise
        return client


def open_mailbox(mailbox: Mailbox) -> BaseMailBox:
    """A signed-in IMAP connection with the folder selected. Raises FetchError."""
    context = ssl.create_default_context()
    host, port = mailbox.imap_host, mailbox.imap_port
    try:
        # Before anything is opened: a password that belongs elsewhere is a reason not to call there at all.
        password = password_for(mailbox, "imap")
        if mailbox.imap_security == Mailbox.TLS:
            client: BaseMailBox = _TlsBox(host, port, timeout=TIMEOUT_SECONDS, ssl_context=context)
        elif mailbox.imap_security == Mailbox.STARTTLS:
            client = _StartTlsBox(host, port, timeout=TIMEOUT_SECONDS, ssl_context=context)
        else:
            client = _PlainBox(host, port, timeout=TIMEOUT_SECONDS)
        client.login(mailbox.imap_username, password, initial_folder=mailbox.imap_folder)
    except Exception as error:  # imap_tools has error classes of its own for a refused sign-in or folder
        raise as_fetch_error(error) from error
    return client

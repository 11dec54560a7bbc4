"""Words for the codes of services/mail_errors.py, in the reader's language."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.choices import BlockReason

WORDS: dict[str, Any] = {
    "no_incoming_server": _("No server for incoming mail is named."),
    "no_outgoing_server": _("No server for outgoing mail is named."),
    "password_again": _("The password was typed for another server or user name. Type it again in the mailbox."),
    "address_refused": _("No mail server may be at the address that this name leads to."),
    "port_refused": _("This is no usual port for mail, and the server is not listed as an exception."),
    "unknown_host": _("There is no server of this name. Check the spelling of the host."),
    "connection_refused": _(
        "The server does not answer on this port. Check the port, and whether a firewall is in between."
    ),
    "timed_out": _("The server did not answer in time. Check host and port."),
    "bad_certificate": _("The server's certificate is not valid for this host name."),
    "encryption": _("The encryption does not fit the port: try the other setting (TLS or STARTTLS)."),
    "sign_in_refused": _("User name or password were refused. Some providers ask for an app password."),
    "no_folder": _("Signed in, but there is no folder of this name."),
    "connection_lost": _("The connection broke off. If that happens each time, the encryption may not fit the port."),
    "server_refuses_us": _("The mail server does not let this mailbox send."),
    "server_refused": _("The other mail server refused the message for good."),
    "server_later": _("The other mail server cannot take the message at the moment. It is tried again by itself."),
    "broke_off": _("The connection broke off at the moment of handing over."),
    "came_back": _("The message came back: it was not delivered."),
    "worker_stopped": _("The program was stopped while it was sending."),
    "not_built": _("The message could not be put together."),
    "no_mailbox": BlockReason.NO_MAILBOX.label,
    "demo": BlockReason.DEMO.label,
    "restored": _("The data were restored from a backup. It may have gone out since that backup was made."),
    "other": _("It did not work. What the server said stands below."),
}


def words_for(code: str) -> Any:
    """What happened, in words; a code without words is told as "it did not work"."""
    return WORDS.get(code, WORDS["other"])

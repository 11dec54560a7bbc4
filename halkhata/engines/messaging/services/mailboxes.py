"""Setting mailboxes up, and trying whether they work."""

import smtplib
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from halkhata.engines.messaging.keys import seal
from halkhata.engines.messaging.models import Mailbox
from halkhata.engines.messaging.services.fetching import FetchError, open_mailbox
from halkhata.engines.messaging.services.smtp import connect
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.permissions import require
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError

SECRETS = ("imap_password", "smtp_password")
FIELDS = (
    "name", "address", "display_name", "branch", "team", "opens_kind", "imap_host", "imap_port", "imap_security",
    "imap_username", "imap_folder", "smtp_host", "smtp_port", "smtp_security", "smtp_username", "uses_plus_address",
    "is_default", "is_active",
)  # fmt: skip
# A different place of reading: what was read there says nothing about the new one.
PLACE = ("imap_host", "imap_username", "imap_folder")


def save_mailbox(*, actor: User, mailbox: Mailbox | None, values: dict[str, Any]) -> Mailbox:
    """Add or change a mailbox. ``values`` has FIELDS, and passwords in clear; an empty password keeps the old one.

    Raises PermissionRefused, DomainError ``address_taken``.
    """
    require(actor, "settings.edit")
    box = mailbox or Mailbox()
    with transaction.atomic():
        before = {name: getattr(box, name) for name in FIELDS} if mailbox else None
        moved = mailbox is not None and any(getattr(box, name) != values[name] for name in PLACE)
        for name in FIELDS:
            setattr(box, name, values[name])
        box.address = box.address.lower()
        for name in SECRETS:
            if values.get(name):
                setattr(box, name, seal(values[name]))
        if moved:
            box.imap_uidvalidity, box.imap_last_uid, box.imap_stuck_uid, box.imap_stuck_tries = None, 0, None, 0
        if box.is_default:
            Mailbox.objects.filter(is_default=True).exclude(pk=box.pk).update(is_default=False)
        elif not Mailbox.objects.filter(is_default=True, is_demo=False).exclude(pk=box.pk).exists():
            # The first one is the default until another is chosen.
            Mailbox.objects.filter(is_default=True).exclude(pk=box.pk).update(is_default=False)
            box.is_default = True
        try:
            with transaction.atomic():
                box.save()
        except IntegrityError as error:
            raise DomainError("address_taken", _("This address has a mailbox already."), field="address") from error
        record(
            actor=actor,
            action="mailbox.update" if mailbox else "mailbox.create",
            record=box,
            before=before,
            after={name: getattr(box, name) for name in FIELDS},
        )
    return box


@dataclass(frozen=True, kw_only=True)
class Trial:
    """How trying one direction of a mailbox ended. ``detail`` is what the server said."""

    works: bool
    words: str
    detail: str = ""


def try_reading(mailbox: Mailbox) -> Trial:
    """Sign in over IMAP and open the folder; nothing is read or changed there."""
    if not mailbox.imap_host:
        return Trial(works=False, words=_("No server for incoming mail is named."))
    try:
        client = open_mailbox(mailbox)
        client.logout()
    except (FetchError, OSError) as error:
        Mailbox.objects.filter(pk=mailbox.pk).update(last_fetch_error=str(error)[:500])
        return Trial(works=False, words=_what_went_wrong(str(error)), detail=str(error))
    Mailbox.objects.filter(pk=mailbox.pk).update(last_fetch_at=now(), last_fetch_error="")
    return Trial(works=True, words=_("Reading works: signed in, and the folder is there."))


def try_sending(mailbox: Mailbox) -> Trial:
    """Greet the SMTP server and sign in; nothing is sent."""
    if not mailbox.smtp_host:
        return Trial(works=False, words=_("No server for outgoing mail is named."))
    try:
        connect(mailbox).quit()
    except (OSError, smtplib.SMTPException, ValueError) as error:
        words = f"{type(error).__name__}: {error}"
        Mailbox.objects.filter(pk=mailbox.pk).update(last_send_error=words[:500])
        return Trial(works=False, words=_what_went_wrong(words), detail=words)
    Mailbox.objects.filter(pk=mailbox.pk).update(last_send_error="")
    return Trial(works=True, words=_("Sending works: the server took our greeting and the password."))


def _what_went_wrong(error: str) -> str:
    """The usual reasons, in words; what the server said stands below it."""
    low = error.lower()
    if "gaierror" in low or "name or service not known" in low or "nodename" in low:
        return _("There is no server of this name. Check the spelling of the host.")
    if "refused" in low and "connection" in low:
        return _("The server does not answer on this port. Check the port, and whether a firewall is in between.")
    if "timed out" in low or "timeout" in low:
        return _("The server did not answer in time. Check host and port.")
    if "certificate" in low:
        return _("The server's certificate is not valid for this host name.")
    if "ssl" in low or "starttls" in low or "wrong_version" in low:
        return _("The encryption does not fit the port: try the other setting (TLS or STARTTLS).")
    if "auth" in low or "login" in low or "535" in low:
        return _("User name or password were refused. Some providers ask for an app password.")
    if "folder" in low or "mailbox doesn't exist" in low:
        return _("Signed in, but there is no folder of this name.")
    return _("It did not work. What the server said stands below.")

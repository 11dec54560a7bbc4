"""Reading a mailbox over IMAP: store first, acknowledge second (F11, F12)."""

import imaplib
import re
from contextlib import suppress

from django.utils import translation
from django.utils.translation import gettext as _
from imap_tools import BaseMailBox

from halkhata.engines.messaging.models import Mailbox
from halkhata.engines.messaging.services.imap import FetchError, as_fetch_error, open_mailbox
from halkhata.engines.messaging.services.inbound import store_raw
from halkhata.engines.messaging.services.mail_errors import SERVER_REFUSED
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.formatting import Digits, format_number
from halkhata.foundation.core.models import Installation

__all__ = ["FetchError", "fetch_mailbox", "open_mailbox", "start_from_now"]

MAX_MAIL_BYTES = 40 * 1024 * 1024
BATCH = 200
# A mail on which reading broke off so often is put aside in view, and the next ones go on (F11).
MAX_TRIES = 5
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


def fetch_mailbox(mailbox: Mailbox) -> list[int]:
    """Bring all new mail of one mailbox in. Returns ids of raw rows that are new.

    A mail counts as had only when its bytes are committed. After a change of UIDVALIDITY everything is looked at again;
    the content hash keeps it from coming in twice. Raises FetchError, with what came in so far kept.
    """
    new: list[int] = []
    client = open_mailbox(mailbox)
    reading: int | None = None
    try:
        validity = _uidvalidity(client)
        if mailbox.imap_uidvalidity != validity:
            mailbox.imap_uidvalidity, mailbox.imap_last_uid = validity, 0
        for uid in _new_uids(client, mailbox.imap_last_uid):
            reading = uid
            raw = _stand_in(mailbox, uid) if _is_stuck(mailbox, uid) else _one(client, uid)
            if raw is not None:
                row, created = store_raw(mailbox=mailbox, provider_id=f"{validity}:{uid}", raw=raw)
                if created:
                    new.append(row.pk)
            reading = None
            # Only now may the server and we ourselves forget it.
            mailbox.imap_last_uid = max(mailbox.imap_last_uid, uid)
            Mailbox.objects.filter(pk=mailbox.pk).update(
                imap_uidvalidity=validity, imap_last_uid=mailbox.imap_last_uid, imap_stuck_uid=None, imap_stuck_tries=0
            )
            # For people who look into the mailbox. A folder that is read-only stays as it is.
            with suppress(imaplib.IMAP4.error):
                client.client.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")
    except (OSError, imaplib.IMAP4.error, FetchError, ValueError, TypeError, IndexError) as error:
        if reading is not None:
            _count_stuck(mailbox, reading)
        raise as_fetch_error(error) from error
    finally:
        # The connection is gone either way.
        with suppress(Exception):
            client.logout()
    Mailbox.objects.filter(pk=mailbox.pk).update(
        last_fetch_at=now(),
        last_fetch_code="",
        last_fetch_error="",
        fetch_failing_since=None,
        imap_uidvalidity=validity,
    )
    return new


def start_from_now(mailbox: Mailbox) -> None:
    """Leave what lies in the mailbox already where it is: only what comes from now on opens tickets.

    Raises FetchError.
    """
    client = open_mailbox(mailbox)
    try:
        validity = _uidvalidity(client)
        kind, data = client.client.uid("SEARCH", "UID *")
        if kind != "OK":
            raise FetchError(SERVER_REFUSED, f"SEARCH: {kind}")
        last = max(map(int, (data[0] or b"").split()), default=0)
    except (OSError, imaplib.IMAP4.error, ValueError) as error:
        raise as_fetch_error(error) from error
    finally:
        with suppress(Exception):
            client.logout()
    Mailbox.objects.filter(pk=mailbox.pk).update(imap_uidvalidity=validity, imap_last_uid=last)


def _is_stuck(mailbox: Mailbox, uid: int) -> bool:
    return mailbox.imap_stuck_uid == uid and mailbox.imap_stuck_tries >= MAX_TRIES


def _count_stuck(mailbox: Mailbox, uid: int) -> None:
    tries = mailbox.imap_stuck_tries + 1 if mailbox.imap_stuck_uid == uid else 1
    Mailbox.objects.filter(pk=mailbox.pk).update(imap_stuck_uid=uid, imap_stuck_tries=tries)


def _stand_in(mailbox: Mailbox, uid: int) -> bytes:
    """What stands in the visible queue for a mail that the server would not hand over: no mail, so it stops there."""
    return f"\0The mail server of {mailbox.address} did not hand over mail {mailbox.imap_uidvalidity}:{uid}.".encode()


def _uidvalidity(client: BaseMailBox) -> int:
    _kind, data = client.client.response("UIDVALIDITY")
    if data and data[0]:
        return int(data[0])
    return int(client.folder.status(options=["UIDVALIDITY"])["UIDVALIDITY"])


def _new_uids(client: BaseMailBox, after_uid: int) -> list[int]:
    kind, data = client.client.uid("SEARCH", f"UID {after_uid + 1}:*")
    if kind != "OK":
        raise FetchError(SERVER_REFUSED, f"SEARCH: {kind}")
    # "n:*" always names the last mail, even when its UID is below n (RFC 3501 section 6.4.8).
    return sorted(uid for uid in map(int, (data[0] or b"").split()) if uid > after_uid)[:BATCH]


def _one(client: BaseMailBox, uid: int) -> bytes | None:
    kind, data = client.client.uid("FETCH", str(uid), "(RFC822.SIZE)")
    size = _SIZE.search(b" ".join(part for part in data if isinstance(part, bytes))) if kind == "OK" and data else None
    if size and int(size.group(1)) > MAX_MAIL_BYTES:
        # Too large to take whole: its header comes in with a line that says so, never silence (F25).
        header = _body(client, uid, "(BODY.PEEK[HEADER])")
        return None if header is None else _header_only(header, _too_large(int(size.group(1))))
    return _body(client, uid, "(BODY.PEEK[])")


def _too_large(size: int) -> str:
    """What stands in place of the text. It becomes part of the mail, so it is in the shop's own language."""
    with translation.override(Installation.current().default_language):
        digits: Digits = "bengali" if translation.get_language() == "bn" else "latin"
        return _("[This mail of %(size)s MB is larger than %(limit)s MB. Only its header was taken.]") % {
            "size": format_number(size // 1024 // 1024, digits=digits),
            "limit": format_number(MAX_MAIL_BYTES // 1024 // 1024, digits=digits),
        }


def _header_only(header: bytes, note: str) -> bytes:
    lines = re.split(rb"\r?\n(?![ \t])", header.strip(b"\r\n"))
    kept = [line for line in lines if not re.match(rb"(?i)content-|mime-version", line)]
    return b"\r\n".join([*kept, b"Content-Type: text/plain; charset=utf-8", b"", note.encode()]) + b"\r\n"


def _body(client: BaseMailBox, uid: int, what: str) -> bytes | None:
    kind, data = client.client.uid("FETCH", str(uid), what)
    if kind != "OK":
        raise FetchError(SERVER_REFUSED, f"FETCH {uid}: {kind}")
    return next((part[1] for part in data if isinstance(part, tuple)), None)

"""Setting mailboxes up, and trying whether they work."""

import smtplib
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.models import Mailbox
from halkhata.engines.messaging.policies import mailbox_branches, mailbox_teams, mailboxes_visible_to, may_set_default
from halkhata.engines.messaging.services.channel_state import (
    note_reading_failed,
    note_sending_failed,
    note_sending_works,
)
from halkhata.engines.messaging.services.fetching import FetchError, open_mailbox
from halkhata.engines.messaging.services.mail_errors import code_of, said_by
from halkhata.engines.messaging.services.mail_hosts import check_target
from halkhata.engines.messaging.services.passwords import SIDES, PasswordElsewhere, settle_passwords
from halkhata.engines.messaging.services.smtp import connect
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.permissions import require
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError, NotFound

FIELDS = (
    "name", "address", "display_name", "branch", "team", "opens_kind", "imap_host", "imap_port", "imap_security",
    "imap_username", "imap_folder", "smtp_host", "smtp_port", "smtp_security", "smtp_username", "uses_plus_address",
    "auth_server", "is_default", "is_active",
)  # fmt: skip
# A different place of reading: what was read there says nothing about the new one.
PLACE = ("imap_host", "imap_username", "imap_folder")


@transaction.atomic
def save_mailbox(*, actor: User, mailbox: Mailbox | None, values: dict[str, Any]) -> Mailbox:
    """Add or change a mailbox. ``values`` has FIELDS, and passwords in clear; an empty password keeps the old one.

    The default mailbox is the whole shop's: for somebody whose role ends at a branch ``is_default`` stays as it was.
    Raises PermissionRefused, NotFound for a mailbox out of reach, and DomainError with the field: ``out_of_reach``,
    ``address_taken``, what ``check_target`` and ``settle_passwords`` raise.
    """
    require(actor, "settings.edit")
    box = Mailbox() if mailbox is None else _held(actor, mailbox)
    values.setdefault("auth_server", box.auth_server)
    _refuse_out_of_reach(actor, box, values)
    for side in SIDES:
        check_target(values[f"{side}_host"], values[f"{side}_port"], side)
    before = {name: getattr(box, name) for name in FIELDS} if mailbox else None
    moved = mailbox is not None and any(getattr(box, name) != values[name] for name in PLACE)
    settle_passwords(box, values)
    was_default = box.is_default
    for name in FIELDS:
        setattr(box, name, values[name])
    box.address, box.auth_server = box.address.lower(), box.auth_server.strip().lower()
    _refuse_taken_address(box)
    if not may_set_default(actor):
        box.is_default = was_default
    if moved:
        box.imap_uidvalidity, box.imap_last_uid, box.imap_stuck_uid, box.imap_stuck_tries = None, 0, None, 0
    _settle_default(box)
    try:
        with transaction.atomic():
            box.save()
    except IntegrityError:
        # Somebody saved the same address in the same moment; anything else is no matter of the address.
        _refuse_taken_address(box)
        raise
    record(
        actor=actor,
        action="mailbox.update" if mailbox else "mailbox.create",
        record=box,
        before=before,
        after={name: getattr(box, name) for name in FIELDS},
    )
    return box


def _held(actor: User, mailbox: Mailbox) -> Mailbox:
    held = mailboxes_visible_to(actor).select_for_update(of=("self",)).filter(pk=mailbox.pk).first()
    if held is None:
        raise NotFound("no_such_mailbox", _("This mailbox is not here."))
    return held


def _refuse_out_of_reach(actor: User, box: Mailbox, values: dict[str, Any]) -> None:
    branch, team = values["branch"], values["team"]
    if not mailbox_branches(actor).filter(pk=branch.pk).exists():
        raise DomainError("out_of_reach", _("You cannot give a mailbox to this branch."), field="branch")
    if team is not None and team.pk != box.team_id and not mailbox_teams(actor).filter(pk=team.pk).exists():
        raise DomainError("out_of_reach", _("You cannot give a mailbox to this department."), field="team")


def _refuse_taken_address(box: Mailbox) -> None:
    if Mailbox.objects.filter(address=box.address).exclude(pk=box.pk).exists():
        raise DomainError(
            "address_taken",
            _("This address is set up in the shop already. Change the mailbox that is there, or take another address."),
            field="address",
        )


def _settle_default(box: Mailbox) -> None:
    """There is exactly one default: the first mailbox, until another is chosen."""
    others = Mailbox.objects.filter(is_default=True).exclude(pk=box.pk)
    if not others.filter(is_demo=False).exists():
        box.is_default = True
    if box.is_default:
        others.update(is_default=False)


@dataclass(frozen=True, kw_only=True)
class Trial:
    """How trying one direction of a mailbox ended. ``code`` says why not; ``said`` is what the server said."""

    works: bool
    code: str = ""
    said: str = ""


def try_reading(mailbox: Mailbox) -> Trial:
    """Sign in over IMAP and open the folder; nothing is read or changed there."""
    if not mailbox.imap_host:
        return Trial(works=False, code="no_incoming_server")
    try:
        client = open_mailbox(mailbox)
        client.logout()
    except (FetchError, OSError) as error:
        code, said = (error.code, error.said) if isinstance(error, FetchError) else (code_of(error), said_by(error))
        note_reading_failed(mailbox.pk, code=code, said=said)
        return Trial(works=False, code=code, said=said)
    Mailbox.objects.filter(pk=mailbox.pk).update(
        last_fetch_at=now(), last_fetch_code="", last_fetch_error="", fetch_failing_since=None
    )
    return Trial(works=True)


def try_sending(mailbox: Mailbox) -> Trial:
    """Greet the SMTP server and sign in; nothing is sent."""
    if not mailbox.smtp_host:
        return Trial(works=False, code="no_outgoing_server")
    try:
        connect(mailbox).quit()
    except (OSError, smtplib.SMTPException, ValueError, PasswordElsewhere) as error:
        code, said = code_of(error), said_by(error)
        note_sending_failed(mailbox.pk, code=code, said=said)
        return Trial(works=False, code=code, said=said)
    note_sending_works(mailbox.pk)
    return Trial(works=True)

"""Where the key of the backups comes from: the environment, or a file that is made once."""

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.backups.archive.keys import Secret, key_mark, new_key, read_key, write_key
from halkhata.foundation.backups.errors import BackupRefused
from halkhata.foundation.backups.models import BackupSettings
from halkhata.foundation.backups.places import data_dir
from halkhata.foundation.backups.policies import require_keeper
from halkhata.foundation.backups.services.own_row import own_row
from halkhata.foundation.core.clock import now

FILE = "backup_key"


@dataclass(frozen=True)
class OwnSecret:
    """The secret that new archives are made with. ``made``: it is new, and its owner has not seen it yet."""

    secret: Secret
    made: bool = False

    @property
    def mark(self) -> str:
        """Eight digits that tell keys apart; "" for a passphrase."""
        return key_mark(self.secret.key) if self.secret.key and not self.secret.passphrase else ""


def own_secret() -> OwnSecret:
    """The passphrase or key of the environment, else the key in the data folder, which is made when there is none."""
    known = known_secret()
    if known:
        return OwnSecret(known)
    file = data_dir() / FILE
    fresh = data_dir() / f".{FILE}-{os.getpid()}"
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        stream.write(write_key(new_key()) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    made = False
    # Linked: of two processes that begin together one makes the key, and both read it whole.
    with contextlib.suppress(FileExistsError):
        os.link(fresh, file)
        made = True
    fresh.unlink()
    return OwnSecret(Secret(key=_from_file(file)), made=made)


def known_secret(file: str = "") -> Secret:
    """All that we know to open archives with; nothing is made. ``file``: read the key from there.

    Raises BackupRefused for a key that is none.
    """
    environment = settings.ENVIRONMENT
    passphrase = environment.backup_passphrase
    if file:
        return Secret(key=_from_file(Path(file)), passphrase=passphrase)
    if environment.backup_key:
        return Secret(key=_parsed(environment.backup_key, "HALKHATA_BACKUP_KEY"), passphrase=passphrase)
    own = data_dir() / FILE
    return Secret(key=_from_file(own) if own.exists() else None, passphrase=passphrase)


def key_for_people(actor: User) -> str:
    """The key, to be written down. Raises PermissionRefused; BackupRefused when a passphrase is used instead."""
    require_keeper(actor)
    own = own_secret()
    if own.secret.key is None or own.secret.passphrase:
        raise BackupRefused("no_key", _("Backups here are made with a passphrase that stands in the environment."))
    with transaction.atomic():
        record(actor=actor, action="backup.key_shown", record=own_row())
    return write_key(own.secret.key)


def note_key_kept(actor: User) -> None:
    """Somebody says that the key is kept elsewhere, too. Raises PermissionRefused."""
    require_keeper(actor)
    row = own_row()
    with transaction.atomic():
        BackupSettings.objects.filter(pk=row.pk).update(key_kept_at=now(), key_mark=own_secret().mark)
        record(actor=actor, action="backup.key_kept", record=row)


def key_is_kept(row: BackupSettings) -> bool:
    """Whether the present key has been said to be kept elsewhere; a passphrase is in somebody's head or vault."""
    secret = known_secret()
    if secret.passphrase:
        return True
    return row.key_kept_at is not None and secret.key is not None and row.key_mark == key_mark(secret.key)


def _from_file(file: Path) -> bytes:
    try:
        text = file.read_text(encoding="ascii")
    except (OSError, UnicodeError) as error:
        raise BackupRefused("key_unreadable", _("The key file %(file)s cannot be read.") % {"file": file}) from error
    return _parsed(text, str(file))


def _parsed(text: str, place: str) -> bytes:
    try:
        return read_key(text)
    except ValueError as error:
        raise BackupRefused(
            "key_malformed",
            _("%(place)s holds no backup key: one has 64 digits from 0 to 9 and a to f.") % {"place": place},
        ) from error

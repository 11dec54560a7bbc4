"""Files that staff send along: checked before anything is kept, and kept when the text has to be looked at again."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from django.core import signing
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.formatting import show_digits
from halkhata.foundation.core.reader import current_reader
from halkhata.foundation.files.models import StoredFile
from halkhata.foundation.files.services.content_types import ACTIVE, content_type_of
from halkhata.foundation.files.services.storing import MAX_SIZE, store_file

MOST_FILES = 10
# All files of one message; they are held in memory while they are checked.
MOST_BYTES = MAX_SIZE
# Large mailboxes refuse mail above 25 MB, and a file grows by a third on its way (base64, RFC 2045 section 6.8).
MOST_BYTES_BY_MAIL = 18 * 1024 * 1024
KEPT_FOR = 24 * 60 * 60
_SALT = "halkhata.tickets.kept-file"
# Programs and scripts: mail servers throw such mail away, and nobody should open one that came with a complaint.
_PROGRAM_TYPES = frozenset(
    {
        "application/x-msdownload",
        "application/x-executable",
        "application/x-dosexec",
        "application/x-elf",
        "application/x-shockwave-flash",
        "application/vnd.android.package-archive",
        "application/java-archive",
    }
)
_PROGRAM_ENDINGS = (
    ".apk", ".app", ".bat", ".cmd", ".com", ".cpl", ".dll", ".exe", ".hta", ".htm", ".html", ".jar", ".js", ".jse",
    ".lnk", ".msi", ".pif", ".ps1", ".scr", ".sh", ".svg", ".vb", ".vbe", ".vbs", ".wsf", ".xhtml",
)  # fmt: skip


class Upload(Protocol):
    """A file as it comes from a form; ``size`` in bytes."""

    name: str | None
    size: int | None

    def read(self) -> bytes: ...


def store_uploads(uploads: Sequence[Upload]) -> list[StoredFile]:
    """Store what was chosen in a form, or nothing of it.

    Raises DomainError at ``files``: ``too_many_files``, ``files_too_large`` (together), ``file_empty``,
    ``file_refused`` (a program, or a page with scripts, by content or by name).
    """
    if len(uploads) > MOST_FILES:
        raise DomainError("too_many_files", too_many(), field="files")
    if sum(upload.size or 0 for upload in uploads) > MOST_BYTES:
        raise DomainError("files_too_large", too_large(MOST_BYTES), field="files")
    contents = [(upload.name or "", upload.read()) for upload in uploads]
    for name, data in contents:
        if not data:
            raise DomainError("file_empty", _("“%(name)s” is empty.") % {"name": name}, field="files")
        if _is_program(name, data):
            raise DomainError(
                "file_refused",
                _("“%(name)s” is a program or a web page. Mail servers throw such files away: send a picture or a PDF.")
                % {"name": name},
                field="files",
            )
    return [store_file(name=name, data=data) for name, data in contents]


def check_fits_mail(files: Iterable[StoredFile]) -> None:
    """Raise DomainError ``files_too_large`` when the files together are more than a mail can carry."""
    if sum(file.size for file in files) > MOST_BYTES_BY_MAIL:
        raise DomainError("files_too_large", too_large(MOST_BYTES_BY_MAIL), field="files")


def too_many() -> str:
    """What somebody is told who chose more files than one message takes."""
    return str(_("At most %(most)s files at once.") % {"most": _reader_digits(MOST_FILES)})


def too_large(limit: int) -> str:
    """What somebody is told whose files are more than ``limit`` bytes together."""
    return str(
        _("These files are too large: together at most %(most)s MB.") % {"most": _reader_digits(limit // 1024 // 1024)}
    )


def token_for(file: StoredFile, actor: User) -> str:
    """What stands in a form for a file that is stored already and waits for its message."""
    return signing.dumps([file.pk, actor.pk], salt=_SALT)


def waiting_files(tokens: Iterable[str], actor: User) -> list[StoredFile]:
    """The files behind the tokens, in their order: only those this person has just sent. Others are left out."""
    ids = []
    for token in list(tokens)[:MOST_FILES]:
        try:
            file_id, user_id = signing.loads(token, salt=_SALT, max_age=KEPT_FOR)
        except (signing.BadSignature, ValueError, TypeError):
            continue
        if user_id == actor.pk and file_id not in ids:
            ids.append(file_id)
    found = StoredFile.objects.in_bulk(ids)
    return [found[one] for one in ids if one in found]


def _is_program(name: str, data: bytes) -> bool:
    kind = content_type_of(data)
    return kind in _PROGRAM_TYPES or kind in ACTIVE or name.lower().rstrip(". ").endswith(_PROGRAM_ENDINGS)


def _reader_digits(number: int) -> str:
    return show_digits(str(number), digits=current_reader().digits)

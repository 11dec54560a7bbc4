"""Turns what keeps a backup or restore from being done into the one sentence of a command."""

from collections.abc import Iterator
from contextlib import contextmanager

from halkhata.doors.cli.errors import CommandError
from halkhata.doors.cli.output import print_json


@contextmanager
def in_words(*, json: bool = False) -> Iterator[None]:
    """Raises CommandError instead of a DomainError: exit code 1 for a damaged archive, 2 for what can be put right."""
    from django.utils.translation import override

    from halkhata.foundation.backups.errors import ArchiveDamaged
    from halkhata.foundation.core.errors import DomainError

    try:
        with override("en"):
            yield
    except DomainError as error:
        with override("en"):
            sentence = str(error.message)
        code = 1 if isinstance(error, ArchiveDamaged) else 2
        if json:
            print_json({"ok": False, "error": error.code, "detail": sentence, **error.data})
        raise CommandError(sentence, exit_code=code) from error

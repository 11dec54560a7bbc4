"""A disk that fills up, and a database that breaks off, in the middle of a command."""

import errno

import pytest
from django.db.utils import DatabaseError, IntegrityError, OperationalError

from halkhata.doors.cli import main
from halkhata.foundation.core.full_disk import is_full_disk

pytestmark = pytest.mark.one_database


def caused_by(error, cause):
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "full"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), True),
        (OSError(errno.EACCES, "Permission denied"), False),
        (OperationalError("database or disk is full"), True),
        (OperationalError('could not extend file "base/1": No space left on device'), True),
        (OperationalError("database is locked"), False),
        (caused_by(RuntimeError("the story broke"), OperationalError("database or disk is full")), True),
        (ValueError("no number"), False),
    ],
)
def test_full_disk_is_known_whoever_met_it(error, full):
    assert is_full_disk(error) is full


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full: make room for the data folder "),
        (OperationalError("disk I/O error"), "The database broke off: disk I/O error."),
        (OperationalError("server closed the connection\n\tunexpectedly"), "The database broke off: server closed "),
    ],
)
def test_command_ends_with_one_sentence(error, sentence, monkeypatch, capsys):
    def fail(options):
        raise error

    monkeypatch.setattr("halkhata.doors.cli.commands.check.run", fail)
    monkeypatch.setattr("logging.raiseExceptions", True)
    assert main.main(["check"]) == 2
    said = capsys.readouterr()
    assert said.err.startswith(sentence)
    assert len(said.err.strip().splitlines()) == 1
    assert said.out == ""


@pytest.mark.parametrize("error", [IntegrityError("a bug"), DatabaseError("a bug"), ValueError("a bug")])
def test_bug_is_not_hidden(error, monkeypatch):
    def fail(options):
        raise error

    monkeypatch.setattr("halkhata.doors.cli.commands.check.run", fail)
    monkeypatch.setattr("logging.raiseExceptions", True)
    with pytest.raises(type(error)):
        main.main(["check"])


def test_full_disk_stops_the_first_start_instead_of_leaving_out_the_demo(monkeypatch):
    from halkhata.doors.cli import demo_data, first_start

    def fill() -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(first_start, "is_empty", lambda: True)
    monkeypatch.setattr(demo_data, "load_demo", fill)
    with pytest.raises(OperationalError):
        first_start.load_demo_into_empty_database()

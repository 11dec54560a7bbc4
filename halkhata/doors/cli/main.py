"""The command ``halkhata``: finds the subcommand, runs it, and says in one sentence what is wrong."""

import argparse
import io
import logging
import os
import sys
from collections.abc import Sequence

from halkhata.doors.cli.commands import (
    backup,
    check,
    dedupe,
    demo,
    dispute,
    export_list,
    import_list,
    mail,
    migrate,
    report,
    restore,
    scheduler,
    segment,
    serve,
    sla,
    sms,
    training,
    verify,
    web,
    worker,
)
from halkhata.doors.cli.errors import CommandError
from halkhata.foundation.core.full_disk import is_full_disk

COMMANDS = (
    serve, web, worker, scheduler, migrate, demo, mail, sms, sla, training, report, import_list, export_list, dedupe,
    segment, dispute, check, backup, verify, restore,
)  # fmt: skip

EPILOG = """\
Settings come from the environment: HALKHATA_DATA_DIR (default var/), HALKHATA_DATABASE_URL, HALKHATA_HOST,
HALKHATA_PORT (8000), HALKHATA_SECRET_KEY (made and kept on first start), HALKHATA_DEMO (no: start empty).
Exit codes: 0 done, 1 the answer is no, 2 something has to be put right first (one sentence says what).
"""


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands. Nothing of Django is imported, so that ``--help`` is quick."""
    parser = argparse.ArgumentParser(
        prog="halkhata",
        description="Halkhata, the CRM for dealers.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.register(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns its exit code; errors of set-up are one sentence on stderr and exit code 2."""
    options = build_parser().parse_args(arguments)
    # What we create may hold customers' data: no business of other users of the machine.
    os.umask(os.umask(0o077) | 0o027)
    # A log line that cannot be written (full disk) must not bury the one sentence under its own traceback.
    logging.raiseExceptions = False
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without Bengali letters shows ? for them
    try:
        return options.run(options)
    except CommandError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output went away (halkhata … | head).
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115
        return 0
    except Exception as error:
        sentence = explain_failure(error)
        if sentence is None:
            raise
        # To the log file alone: the person at the terminal reads the sentence.
        logging.getLogger(__name__).info("the command failed", exc_info=True)
        print(sentence, file=sys.stderr)
        return 2


def explain_failure(error: Exception) -> str | None:
    """One sentence for what went wrong outside the program: a full disk, a database that broke off; else None."""
    if is_full_disk(error):
        return (
            "The disk is full: make room for the data folder (HALKHATA_DATA_DIR, or var/) and for the database, where "
            "that lies elsewhere, then start again."
        )
    from django.db.utils import InterfaceError, OperationalError

    if isinstance(error, OperationalError | InterfaceError):
        first = next((line.strip() for line in str(error).splitlines() if line.strip()), "no reason given")
        return f"The database broke off: {first.rstrip('.')}."
    return None

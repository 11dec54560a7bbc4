"""``halkhata import``: brings a list in, tries it, takes it back."""

import argparse
import sys
from pathlib import Path
from typing import Any

from halkhata.doors.cli.output import add_json_option, print_json
from halkhata.doors.cli.speech import add_language_option, speaking

_BLOCK = 1 << 20


def register(commands: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "import",
        help="bring a list in",
        description="Brings customers, sales or warranty registrations in from CSV or Excel. What the columns mean is "
        "read from their headings (Bengali or English); --map says it of one. Killed, it goes on where it stopped: "
        "with --resume, or by itself where a worker runs. --undo takes a whole import back. Exit code 1: rows were "
        "left out.",
    )
    parser.add_argument("what", choices=("customers", "sales", "registrations"), help="what is in the list")
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="the file: .csv, .xlsx or .xls")
    parser.add_argument("--user", metavar="NAME", help="import as this member of staff (default: the product itself)")
    parser.add_argument("--branch", metavar="CODE", help="new customers belong to this branch")
    parser.add_argument("--sheet", default="", metavar="NAME", help="the sheet of a workbook (default: the first)")
    parser.add_argument(
        "--map", action="append", default=[], metavar="HEADING=COLUMN", help="what a heading means; nothing: left out"
    )
    parser.add_argument(
        "--known", choices=("fill", "skip", "overwrite"), help="what to do with customers who are here (default: fill)"
    )
    parser.add_argument(
        "--shared", choices=("list", "separate"), help="a number known under another name (default: list)"
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would come of it")
    parser.add_argument("--problems", type=Path, metavar="FILE", help="write the rows left out to this CSV file")
    parser.add_argument("--resume", type=int, metavar="NUMBER", help="go on with this import")
    parser.add_argument("--undo", type=int, metavar="NUMBER", help="take this import back")
    add_json_option(parser)
    add_language_option(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Import. Raises CommandError (exit code 2) for what has to be put right first."""
    from halkhata.doors.cli.setup import set_up

    set_up(need_migrated=True)
    return import_list(options)


def import_list(options: argparse.Namespace) -> int:
    """The same, with Django set up and the database reached."""
    from halkhata.doors.cli.errors import CommandError
    from halkhata.foundation.core.errors import DomainError

    with speaking(options):
        try:
            return _import(options)
        except DomainError as error:
            raise CommandError(str(error.message)) from error


def _import(options: argparse.Namespace) -> int:
    from halkhata.doors.cli.errors import CommandError
    from halkhata.records.imports.models import ImportRun
    from halkhata.records.imports.services.beginning import begin_check, begin_load, begin_undo

    actor = _actor(options.user)
    if options.resume or options.undo:
        found = ImportRun.objects.filter(pk=options.resume or options.undo).first()
        if found is None:
            raise CommandError(f"There is no import {options.resume or options.undo}.")
        # Killed while undoing, it goes on; undone already, there is nothing to do.
        begins = options.undo and found.state not in {"undoing", "undone"}
        imported = begin_undo(actor=actor, run=found) if begins else found
    elif options.file is None:
        raise CommandError("Say which file to import.")
    else:
        imported = _receive(options, actor)
        begin = begin_check if options.dry_run else begin_load
        imported = begin(actor=actor, run=imported)
    _work(imported.pk, quiet=options.json)
    imported.refresh_from_db()
    if options.problems is not None:
        _write_problems(imported, options.problems)
    _tell(imported, options)
    left_out = imported.counts.get("bad", 0) + imported.counts.get("conflict", 0) + imported.counts.get("kept", 0)
    return 1 if left_out or imported.state == "failed" else 0


def _actor(name: str | None) -> Any:
    from halkhata.doors.cli.errors import CommandError
    from halkhata.foundation.accounts.models import User
    from halkhata.foundation.audit.trail import SystemActor

    if not name:
        return SystemActor("command line")
    user = User.objects.select_related("role", "branch").filter(username=name, is_active=True).first()
    if user is None:
        raise CommandError(f"There is no member of staff called “{name}”.")
    return user


def _receive(options: argparse.Namespace, actor: Any) -> Any:
    from halkhata.doors.cli.errors import CommandError
    from halkhata.foundation.accounts.models import Branch
    from halkhata.foundation.core.text import search_key
    from halkhata.records.imports.services.beginning import receive_file, set_mapping

    branch = None
    if options.branch:
        branch = Branch.objects.filter(code=options.branch).first()
        if branch is None:
            raise CommandError(f"There is no branch “{options.branch}”.")
    try:
        with options.file.open("rb") as file:
            imported = receive_file(
                actor=actor, target=options.what, name=options.file.name, branch=branch, sheet=options.sheet,
                chunks=iter(lambda: file.read(_BLOCK), b""),
            )  # fmt: skip
    except OSError as error:
        raise CommandError(f"The file {options.file} cannot be read: {error.strerror}.") from error
    mapping = {int(index): code for index, code in imported.mapping.items()}
    headings = [search_key(heading) for heading in imported.layout["headers"]]
    for pair in options.map:
        heading, _equals, code = pair.rpartition("=")
        if search_key(heading) not in headings:
            raise CommandError(f"No column of the file is called “{heading}”.")
        mapping[headings.index(search_key(heading))] = code.strip()
    chosen = {name: getattr(options, name) for name in ("known", "shared") if getattr(options, name)}
    return set_mapping(
        actor=actor, run=imported, mapping=mapping, options={**imported.options, **chosen},
        bijoy=imported.layout.get("bijoy", ()),
    )  # fmt: skip


def _work(pk: int, *, quiet: bool) -> None:
    from halkhata.records.imports.models import ImportRun
    from halkhata.records.imports.services.stepping import work_on

    while True:
        more = work_on(pk, seconds=2.0)
        imported = ImportRun.objects.get(pk=pk)
        if not quiet and sys.stderr.isatty():
            print(f"\r{imported.rows_done} / {imported.rows_total}", end="", file=sys.stderr, flush=True)
        if not more:
            break
    if not quiet and sys.stderr.isatty():
        print(file=sys.stderr)


def _write_problems(imported: Any, path: Path) -> None:
    from halkhata.foundation.core.table_cells import BYTE_ORDER_MARK, csv_lines
    from halkhata.records.imports.selectors.runs import problem_rows

    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(BYTE_ORDER_MARK)
        file.writelines(csv_lines(problem_rows(imported)))


def _tell(imported: Any, options: argparse.Namespace) -> None:
    from django.utils.translation import gettext as _

    from halkhata.foundation.core.formatting import format_number
    from halkhata.foundation.core.reader import current_reader
    from halkhata.records.imports.selectors.runs import column_labels

    if options.json:
        print_json(
            {
                "import": imported.pk, "state": str(imported.state), "rows": imported.rows_done,
                "counts": imported.counts,
                "columns": {
                    imported.layout["headers"][int(index)] or str(int(index) + 1): code
                    for index, code in imported.mapping.items()
                },
                "failure": imported.failure,
            }
        )  # fmt: skip
        return
    digits = current_reader().digits
    labels = column_labels(imported)
    for index, code in sorted(imported.mapping.items(), key=lambda pair: int(pair[0])):
        print(f"{imported.layout['headers'][int(index)] or int(index) + 1} → {labels.get(code, code)}")
    print(f"{_('Import')} {format_number(imported.pk, digits=digits)}: {imported.get_state_display()}")
    words = {
        "new": _("New customers") if imported.target == "customers" else _("New"),
        "matched": _("Here already"), "changed": _("Completed"),
        "unchanged": _("As they were"), "repeated": _("Twice in the file"), "conflict": _("Conflicts"),
        "bad": _("Bad rows"), "kept": _("Left in place"), "taken_back": _("Taken back"),
        "mended_lost_zero": _("Phone numbers that had lost their first zero"),
        "mended_bijoy": _("Rows in Bijoy letters, made readable"),
    }  # fmt: skip
    for name, word in words.items():
        if imported.counts.get(name):
            print(f"  {word}: {format_number(imported.counts[name], digits=digits)}")

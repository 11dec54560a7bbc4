"""``halkhata export``: takes a list out."""

import argparse
from pathlib import Path
from typing import Any

from halkhata.doors.cli.output import add_json_option, print_json
from halkhata.doors.cli.speech import add_language_option, speaking


def register(commands: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "export",
        help="take a list out",
        description="Writes the customers to a file, CSV or XLSX by its name. With --user only those whom this member "
        "of staff may see, masked as for them. It is written down in the audit trail. No cell is a formula.",
    )
    parser.add_argument("what", choices=("customers",), help="what to take out")
    parser.add_argument("file", type=Path, metavar="FILE", help="the file to write: .csv or .xlsx")
    parser.add_argument("--user", metavar="NAME", help="as this member of staff sees it (default: all)")
    parser.add_argument("--branch", metavar="CODE", help="only customers of this branch")
    add_json_option(parser)
    add_language_option(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the file. Raises CommandError (exit code 2) for what has to be put right first."""
    from halkhata.doors.cli.setup import set_up

    set_up(need_migrated=True)
    return export_list(options)


def export_list(options: argparse.Namespace) -> int:
    """The same, with Django set up and the database reached."""
    from django.db import transaction
    from django.utils.translation import gettext as _

    from halkhata.doors.cli.errors import CommandError
    from halkhata.foundation.accounts.models import Branch, User
    from halkhata.foundation.audit import trail
    from halkhata.foundation.core.models import Installation
    from halkhata.records.imports.choices import ExportFormat
    from halkhata.records.imports.policies import can_export
    from halkhata.records.imports.registry import export_targets
    from halkhata.records.imports.services.exporting import write_table

    kind = options.file.suffix.lower().lstrip(".")
    if kind not in ExportFormat.values:
        raise CommandError("The file's name must end in .csv or .xlsx.")
    user = None
    if options.user:
        user = User.objects.select_related("role", "branch").filter(username=options.user, is_active=True).first()
        if user is None or not can_export(user):
            raise CommandError(f"“{options.user}” is nobody who may export customers.")
    filters: dict[str, Any] = {}
    if options.branch:
        branch = Branch.objects.filter(code=options.branch).first()
        if branch is None:
            raise CommandError(f"There is no branch “{options.branch}”.")
        filters["branch"] = branch.pk
    with speaking(options):
        try:
            count = write_table(options.file, export_targets.get(options.what), user, filters, kind)
        except OSError as error:
            raise CommandError(f"The file {options.file} cannot be written: {error.strerror}.") from error
        with transaction.atomic():
            trail.record(
                actor=user or trail.SystemActor("command line"), action="export.end", record=Installation.current(),
                after={"target": options.what, "format": kind, "filters": filters, "rows": count},
            )  # fmt: skip
        if options.json:
            print_json({"rows": count, "file": str(options.file)})
        else:
            print(_("%(count)s rows written.") % {"count": count})
    return 0

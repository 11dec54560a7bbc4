"""``halkhata migrate``: brings the tables to this version."""

import argparse
from typing import Any

from halkhata.doors.cli.output import add_json_option, print_json
from halkhata.doors.cli.speech import add_language_option, speaking


def register(commands: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "migrate",
        help="bring the database up to date",
        description="Applies the steps that this version has and the database has not. Safe to repeat.",
    )
    add_json_option(parser)
    add_language_option(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Apply what is missing and say what it was."""
    from halkhata.doors.cli.setup import pending_migrations, set_up

    set_up()
    from django.core.management import call_command

    pending = pending_migrations()
    if pending:
        call_command("migrate", verbosity=0, interactive=False)
    if options.json:
        print_json({"applied": pending})
    elif pending:
        print("\n".join(pending))
    else:
        from django.utils.translation import gettext as _

        with speaking(options):
            print(_("The database is up to date."))
    return 0

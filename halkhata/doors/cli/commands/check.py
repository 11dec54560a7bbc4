"""``halkhata check``: is everything as it must be?"""

import argparse
from typing import Any

from halkhata.doors.cli.errors import CommandError
from halkhata.doors.cli.output import add_json_option, print_json
from halkhata.doors.cli.speech import add_language_option, speaking


def register(commands: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "check",
        help="look whether settings, database, worker, mail, disk and clock are as they must be",
        description="Prints one line for each thing looked at. Exit code 1 when one of them is not right, 2 when the "
        "database cannot be reached. With --json there is one object in both cases: ok, and checks with name, ok, "
        "detail and the values behind it.",
    )
    add_json_option(parser)
    add_language_option(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Look at everything and print what was found."""
    from halkhata.doors.cli.setup import set_up

    try:
        set_up()
    except CommandError as error:
        if not options.json:
            raise
        # A machine that watches reads JSON, above all when something is wrong.
        trouble = {"name": "start", "ok": False, "detail": str(error), "values": {}}
        print_json({"ok": False, "checks": [trouble]})
        return error.exit_code
    from halkhata.doors.cli.health import look_at_everything

    with speaking(options):
        findings = look_at_everything()
        well = all(finding.ok for finding in findings)
        if options.json:
            print_json({"ok": well, "checks": [finding.as_dict() for finding in findings]})
        else:
            print("\n".join(lines(findings)))
    return 0 if well else 1


def lines(findings: list[Any]) -> list[str]:
    """One line for each finding, in the active language."""
    from django.utils.translation import gettext as _

    fine, wrong = _("ok"), _("BAD")
    return [f"{fine if finding.ok else wrong:<4} {finding.label}: {finding.detail}" for finding in findings]

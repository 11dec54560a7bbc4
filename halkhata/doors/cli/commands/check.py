"""``halkhata check``: is everything as it must be?"""

import argparse
from typing import Any

from halkhata.doors.cli.output import add_json_option, print_json


def register(commands: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "check",
        help="look whether settings, database, worker and files are as they must be",
        description="Prints one line for each thing looked at. Exit code 1 when one of them is not right.",
    )
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Look at everything and print what was found."""
    from halkhata.doors.cli.setup import set_up

    set_up()
    from halkhata.doors.cli.health import look_at_everything

    findings = look_at_everything()
    well = all(finding.ok for finding in findings)
    if options.json:
        print_json({"ok": well, "checks": [finding.as_dict() for finding in findings]})
    else:
        for finding in findings:
            print(f"{'ok  ' if finding.ok else 'BAD '} {finding.name}: {finding.detail}")
    return 0 if well else 1

"""``halkhata report sla``: how the promises of some days were kept."""

import argparse
from typing import Any

from halkhata.doors.cli.output import add_json_option, print_json
from halkhata.doors.cli.speech import add_language_option, speaking

BREAKDOWNS = ("team", "person", "branch", "category", "channel", "policy", "month")


def register(commands: Any) -> None:
    """Add the command and its action to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser("report", help="print a report of the whole shop")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    sla = actions.add_parser(
        "sla",
        help="how promises were kept",
        description="Counts the promises that began in the days asked for (this month without --from and --to), by "
        "where they stand, for the whole shop. Days are those of the shop's zone, both counted, written like "
        "2026-11-22 or 22/11/2026 in either script. With --json shares are per cent.",
    )
    sla.add_argument("--from", dest="first", metavar="DAY", help="the first day")
    sla.add_argument("--to", dest="last", metavar="DAY", help="the last day")
    sla.add_argument("--by", choices=BREAKDOWNS, default="team", help="broken down by this (default: team)")
    add_json_option(sla)
    add_language_option(sla)
    sla.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the report. Raises CommandError (exit code 2) for days that are none."""
    from halkhata.doors.cli.setup import set_up

    set_up(need_migrated=True)
    return sla_report(options)


def sla_report(options: argparse.Namespace) -> int:
    """The same, with Django set up and the database reached."""
    from halkhata.doors.cli.errors import CommandError
    from halkhata.oversight.analytics.periods import read_period
    from halkhata.oversight.analytics.selectors.promise_filters import PromiseFilters
    from halkhata.oversight.analytics.selectors.promise_report import promise_report
    from halkhata.oversight.analytics.written import promise_report_data, promise_report_lines

    with speaking(options):
        period, trouble = read_period({"from": options.first, "to": options.last})
        if trouble:
            raise CommandError(str(trouble))
        filters = PromiseFilters()
        report = promise_report(None, period, filters, options.by)
        if options.json:
            print_json(promise_report_data(None, report, filters))
        else:
            print("\n".join(promise_report_lines(report)))
    return 0

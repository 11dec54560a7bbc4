"""``halkhata dispute check``: is the record of decisions whole, and is the evidence what was taken in?"""

import argparse
from typing import Any

from halkhata.doors.cli.output import add_json_option, print_json
from halkhata.doors.cli.speech import add_language_option, speaking


def register(commands: Any) -> None:
    """Add the command and its actions to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser("dispute", help="decisions of disputes")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    made: argparse.ArgumentParser = actions.add_parser(
        "check",
        help="walk the record of decisions from its first line",
        description="Each line of the record holds the hash of the one before. Exit code 1 when a line was changed, "
        "taken out or put in. With --files the evidence of every dispute is read, too.",
    )
    made.add_argument("--files", action="store_true", help="read every piece of evidence and compare its hash")
    add_json_option(made)
    add_language_option(made)
    made.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Walk the record and print what is wrong. Exit code 1: something is."""
    from halkhata.doors.cli.setup import set_up

    set_up(need_migrated=True)
    from django.utils.translation import gettext as _

    from halkhata.desks.disputes.models import DecisionRecord, Dispute
    from halkhata.desks.disputes.services.chain import broken_links
    from halkhata.desks.disputes.services.collecting import damaged_lines

    with speaking(options):
        broken = [*broken_links(), *broken_links(is_demo=True)]
        damaged = []
        if options.files:
            for dispute in Dispute.objects.order_by("pk").iterator(200):
                damaged += [(dispute.number, line.pk, line.title) for line in damaged_lines(dispute)]
        lines = DecisionRecord.objects.count()
        if options.json:
            print_json(
                {
                    "ok": not broken and not damaged,
                    "lines": lines,
                    "broken": [{"n": one.n, "dispute": one.number, "what": one.what} for one in broken],
                    "damaged": [{"dispute": number, "line": pk, "title": title} for number, pk, title in damaged],
                }
            )
        else:
            for one in broken:
                print(f"{one.n}\t{one.number}\t{one.what}")
            for number, pk, title in damaged:
                print(_("evidence %(id)s") % {"id": pk}, number, title, sep="\t")
            if not broken and not damaged:
                print(_("Whole: %(count)s lines.") % {"count": lines})
    return 1 if broken or damaged else 0

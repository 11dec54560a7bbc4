"""``halkhata sla explain NUMBER``: why a piece of work is due when it is."""

import argparse
from typing import Any

from halkhata.doors.cli.output import add_json_option, print_json
from halkhata.doors.cli.speech import add_language_option, speaking


def register(commands: Any) -> None:
    """Add the command and its action to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser("sla", help="look into promises")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    explain = actions.add_parser(
        "explain",
        help="explain the due times of one item, interval by interval",
        description="Prints every clock of the item: its policy, its target, each stretch of time that counted, each "
        "pause, and the due time, in the hours of the shop. NUMBER may be typed in any way (K-1045, k1045, ক-১০৪৫). "
        "With --json instants are ISO 8601 in UTC and spans are seconds.",
    )
    explain.add_argument("number", metavar="NUMBER", help="the number of a ticket or task")
    add_json_option(explain)
    add_language_option(explain)
    explain.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the explanation. Raises CommandError (exit code 1) for a number that does not exist."""
    from halkhata.doors.cli.setup import set_up

    set_up(need_migrated=True)
    return explain(options)


def explain(options: argparse.Namespace) -> int:
    """The same, with Django set up and the database reached."""
    with speaking(options):
        return _explain(options)


def _explain(options: argparse.Namespace) -> int:
    from django.utils.translation import gettext as _

    from halkhata.doors.cli.errors import CommandError
    from halkhata.doors.cli.explanation import explanation_lines
    from halkhata.engines.work.models import WorkItem
    from halkhata.engines.work.selectors.explain import explain_item, explained
    from halkhata.foundation.core.formatting import parse_ref
    from halkhata.foundation.core.templatetags.halkhata import ref

    number = parse_ref(options.number)
    if number is None:
        sentence = _("“%(typed)s” is no number of a ticket or task.") % {"typed": options.number}
        raise CommandError(sentence, exit_code=1)
    item = WorkItem.objects.filter(number=number).first()
    if item is None:
        raise CommandError(_("There is no %(number)s.") % {"number": ref(number)}, exit_code=1)
    if options.json:
        print_json(explain_item(item))
    else:
        print("\n".join(explanation_lines(item, explained(item))))
    return 0

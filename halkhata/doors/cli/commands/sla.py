"""``halkhata sla explain NUMBER``: why a piece of work is due when it is."""

import argparse
from typing import Any

from halkhata.doors.cli.output import add_json_option, print_json


def register(commands: Any) -> None:
    """Add the command and its action to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser("sla", help="look into promises")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    explain = actions.add_parser(
        "explain",
        help="explain the due times of one item, interval by interval",
        description="Prints every clock of the item: its policy, its target, each stretch of time that counted, each "
        "pause, and the due time. NUMBER may be typed in any way (K-1045, k1045, ক-১০৪৫).",
    )
    explain.add_argument("number", metavar="NUMBER", help="the number of a ticket or task")
    add_json_option(explain)
    explain.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the explanation. Raises CommandError (exit code 1) for a number that does not exist."""
    from halkhata.doors.cli.errors import CommandError
    from halkhata.doors.cli.setup import set_up

    set_up(need_migrated=True)
    from halkhata.engines.work.models import WorkItem
    from halkhata.engines.work.selectors.explain import explain_item
    from halkhata.foundation.core.formatting import parse_ref

    number = parse_ref(options.number)
    if number is None:
        raise CommandError(f"“{options.number}” is no number of a ticket or task.", exit_code=1)
    item = WorkItem.objects.filter(number=number).first()
    if item is None:
        raise CommandError(f"There is no {number}.", exit_code=1)
    explanation = explain_item(item)
    if options.json:
        print_json(explanation)
    else:
        print_tree(explanation)
    return 0


def print_tree(value: Any, depth: int = 0) -> None:
    """Print nested values as indented lines, in the order they come."""
    indent = "  " * depth
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, dict | list) and inner:
                print(f"{indent}{key}:")
                print_tree(inner, depth + 1)
            else:
                print(f"{indent}{key}: {'-' if inner in (None, '', [], {}) else inner}")
    elif isinstance(value, list):
        for inner in value:
            if isinstance(inner, dict | list):
                print(f"{indent}-")
                print_tree(inner, depth + 1)
            else:
                print(f"{indent}- {inner}")
    else:
        print(f"{indent}{value}")

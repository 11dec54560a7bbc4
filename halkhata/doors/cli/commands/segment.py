"""``halkhata segment``: who fits which conditions, and why."""

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any

from halkhata.doors.cli.output import add_json_option, print_json
from halkhata.doors.cli.speech import add_language_option, speaking


def register(commands: Any) -> None:
    """Add the command and its actions to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser("segment", help="customers who fit conditions")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)

    def action(name: str, run: Callable[[argparse.Namespace], int], about: str, **more: Any) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = actions.add_parser(name, help=about, **more)
        add_json_option(made)
        add_language_option(made)
        made.set_defaults(run=lambda options: _set_up(options, run))
        return made

    action("list", list_segments, "all segments with the number of their members")
    action(
        "count",
        count_conditions,
        "how many customers conditions fit now",
        description="Reads conditions as JSON from standard input, as the API takes them, and prints how many "
        'customers they fit: echo \'{"field": "language", "op": "is", "value": "bn"}\' | halkhata segment count',
    )
    members = action("members", list_members, "the ids of all members, one a line")
    why = action("why", explain_member, "why a customer is in a segment, or is not; exit code 1: is not")
    again = action("build", build_again, "find all members of a segment anew")
    for one in (members, why, again):
        one.add_argument("segment", type=int, metavar="SEGMENT", help="number of the segment, from the list")
    why.add_argument("customer", type=int, metavar="CUSTOMER", help="number of the customer")


def _set_up(options: argparse.Namespace, run: Callable[[argparse.Namespace], int]) -> int:
    from halkhata.doors.cli.setup import set_up

    set_up(need_migrated=True)
    return run(options)


def list_segments(options: argparse.Namespace) -> int:
    """Print number, members and name of each."""
    from halkhata.engines.segments.models import Segment

    with speaking(options):
        segments = list(Segment.objects.there().order_by("pk"))
        if options.json:
            names = ("id", "name_bn", "name_en", "state", "member_count", "built_at", "conditions")
            print_json([{name: getattr(one, name) for name in names} for one in segments])
            return 0
        for one in segments:
            count = one.member_count if one.state == "ready" else one.get_state_display()
            print(f"{one.pk}\t{count}\t{one.name}")
    return 0


def count_conditions(options: argparse.Namespace) -> int:
    """Print the count. Raises CommandError (exit code 2) for conditions that cannot be read."""
    from halkhata.doors.cli.errors import CommandError
    from halkhata.engines.segments.compiling import read_conditions
    from halkhata.engines.segments.selectors.segments import customers_fitting
    from halkhata.foundation.core.errors import DomainError

    with speaking(options):
        try:
            tree = read_conditions(json.loads(sys.stdin.read(100_000)))
        except ValueError as error:
            raise CommandError(f"These conditions are no JSON: {error}") from None
        except DomainError as error:
            raise CommandError(str(error.message)) from None
        count = customers_fitting(tree).count()
        if options.json:
            print_json({"count": count})
        else:
            print(count)
    return 0


def list_members(options: argparse.Namespace) -> int:
    """Print the ids, smallest first."""
    from halkhata.engines.segments.models import SegmentMember

    members = SegmentMember.objects.filter(segment=_segment(options))
    ids = members.order_by("customer_id").values_list("customer_id", flat=True)
    if options.json:
        print_json({"customers": list(ids)})
        return 0
    for pk in ids.iterator(10_000):
        print(pk)
    return 0


def explain_member(options: argparse.Namespace) -> int:
    """Print each condition with its answer. Exit code 1: the customer does not fit."""
    from django.utils.translation import gettext as _

    from halkhata.doors.cli.errors import CommandError
    from halkhata.engines.segments.selectors.segments import explain_membership
    from halkhata.engines.segments.selectors.truth import Why
    from halkhata.records.customers.models import Customer

    def as_data(node: Why) -> dict[str, Any]:
        return {"words": node.words, "is_true": node.is_true, "nodes": [as_data(one) for one in node.nodes]}

    def told(node: Why, depth: int) -> None:
        print(f"{'  ' * depth}{_('yes') if node.is_true else _('no')}  {node.words}")
        for one in node.nodes:
            told(one, depth + 1)

    with speaking(options):
        customer = Customer.objects.active().filter(pk=options.customer).first()
        if customer is None:
            raise CommandError(f"There is no customer {options.customer}.")
        found = explain_membership(_segment(options), customer)
        if found is None:
            raise CommandError("The conditions name a field that is out of use: the members stay as they are.")
        if options.json:
            print_json(as_data(found))
        else:
            told(found, 0)
    return 0 if found.is_true else 1


def build_again(options: argparse.Namespace) -> int:
    """Find all members and print how many they are."""
    from halkhata.engines.segments.services.membership import build

    count = build(_segment(options).pk)
    if options.json:
        print_json({"members": count})
    else:
        print(count)
    return 0


def _segment(options: argparse.Namespace) -> Any:
    from halkhata.doors.cli.errors import CommandError
    from halkhata.engines.segments.models import Segment

    segment = Segment.objects.there().filter(pk=options.segment).first()
    if segment is None:
        raise CommandError(f"There is no segment {options.segment}: halkhata segment list shows them.")
    return segment

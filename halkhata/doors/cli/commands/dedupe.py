"""``halkhata dedupe``: who of the whole book may be one person. Merges nobody."""

import argparse
import json
import sys
from collections.abc import Iterator
from itertools import islice
from typing import Any

from halkhata.doors.cli.speech import add_language_option, speaking

_KEPT_AT_ONCE = 500
_TELL_EVERY = 10_000


def register(commands: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "dedupe",
        help="find customers who may be one person",
        description="Compares the whole book: the customers are read once, and only those with a mark in common "
        "(phone, e-mail, how the name sounds, place, identity paper, a unit both had) meet. Each pair is printed as "
        "soon as it is found. Nobody is "
        "merged: that is for people, at /customers/duplicates/, where --keep puts what was found. With --json each "
        "line is one JSON object; the last one has the counts.",
    )
    parser.add_argument(
        "--threshold",
        type=_chance,
        default=0.5,
        metavar="CHANCE",
        help="the chance, 0 to 1, from which on a pair is printed (default: 0.5)",
    )
    parser.add_argument("--keep", action="store_true", help="put the pairs on the review page")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    add_language_option(parser)
    parser.set_defaults(run=run)


def _chance(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError("a number between 0 and 1")
    return value


def run(options: argparse.Namespace) -> int:
    """Print the pairs."""
    from halkhata.doors.cli.setup import set_up

    set_up(need_migrated=True)
    return dedupe(options)


def dedupe(options: argparse.Namespace) -> int:
    """The same, with Django set up and the database reached."""
    from django.utils.translation import gettext as _

    from halkhata.records.customers.merging.book import whole_book
    from halkhata.records.customers.merging.pairing import ScoredPair, SearchCount, find_pairs
    from halkhata.records.customers.merging.proposals import keep_pairs
    from halkhata.records.customers.merging.reasons import stored, words_of
    from halkhata.records.customers.services.papers import index_all_papers

    count = SearchCount()

    def told(pairs: Iterator[ScoredPair]) -> Iterator[ScoredPair]:
        for pair in pairs:
            reasons = pair.comparison.reasons
            if options.json:
                _print(
                    {
                        "first": pair.first,
                        "second": pair.second,
                        "score": round(pair.comparison.score, 4),
                        "reasons": stored(reasons),
                    }
                )
            else:
                print(f"{pair.first}\t{pair.second}\t{pair.comparison.percent} %\t{', '.join(words_of(reasons))}")
            yield pair

    index_all_papers()
    with speaking(options):
        pairs = told(find_pairs(_with_progress(whole_book()), threshold=options.threshold, count=count))
        while batch := list(islice(pairs, _KEPT_AT_ONCE)):
            if options.keep:
                keep_pairs(batch)
        if options.json:
            _print(
                {
                    "customers": count.people,
                    "compared": count.compared,
                    "found": count.found,
                    "too_large": count.too_large,
                }
            )
        else:
            print(
                _("%(people)d customers, %(compared)d pairs compared, %(found)d found.")
                % {"people": count.people, "compared": count.compared, "found": count.found}
            )
            if count.too_large:
                print(
                    _("%(count)d marks are shared by too many people to tell anybody by them (a common name, a phone).")
                    % {"count": count.too_large}
                )
    return 0


def _with_progress(people: Iterator[Any]) -> Iterator[Any]:
    """The same people; how many have been read goes to the terminal's side channel, if somebody is looking."""
    is_watched = sys.stderr.isatty()
    for number, person in enumerate(people, 1):
        if is_watched and number % _TELL_EVERY == 0:
            print(f"{number:,}", file=sys.stderr)
        yield person


def _print(value: dict[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(value, ensure_ascii=False).encode() + b"\n")
    sys.stdout.flush()

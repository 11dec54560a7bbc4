"""``halkhata demo load|clear``: invented shops to look around in."""

import argparse
from typing import Any

from halkhata.doors.cli.output import add_json_option, print_json
from halkhata.doors.cli.speech import add_language_option, speaking


def register(commands: Any) -> None:
    """Add the command and its two actions to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser("demo", help="load or clear the demo data")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    load = actions.add_parser("load", help="load invented shops, people and tickets; no mail ever leaves for them")
    add_json_option(load)
    add_language_option(load)
    load.set_defaults(run=run_load)
    clear = actions.add_parser("clear", help="remove all demo data and nothing else")
    add_json_option(clear)
    add_language_option(clear)
    clear.set_defaults(run=run_clear)


def run_load(options: argparse.Namespace) -> int:
    """Load the demo data. Raises CommandError with one sentence when that may not be."""
    return _run(options, "load_demo")


def run_clear(options: argparse.Namespace) -> int:
    """Remove the demo data."""
    return _run(options, "clear_demo")


def _run(options: argparse.Namespace, name: str) -> int:
    from halkhata.doors.cli.errors import CommandError
    from halkhata.doors.cli.setup import set_up

    set_up(need_migrated=True)
    from halkhata.doors.cli import demo_data
    from halkhata.doors.cli.demo_data.counts import lines_of
    from halkhata.foundation.core.errors import DomainError

    with speaking(options):
        try:
            done: dict[str, Any] = getattr(demo_data, name)()
        except DomainError as error:
            raise CommandError(str(error.message), exit_code=1) from error
        if options.json:
            print_json(done)
        else:
            print("\n".join(lines_of(done)))
    return 0

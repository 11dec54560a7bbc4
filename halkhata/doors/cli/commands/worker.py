"""``halkhata worker``: background work alone."""

import argparse
from typing import Any


def register(commands: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "worker",
        help="run the background worker alone",
        description="Delivers events and runs jobs until SIGTERM; the piece of work at hand is finished first. Several "
        "workers may run side by side.",
    )
    parser.add_argument("--queue", action="append", metavar="NAME", help="only jobs of this queue (may be repeated)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Work until told to stop."""
    from halkhata.doors.cli.setup import set_up

    set_up(need_migrated=True)
    return work(queues=options.queue)


def work(*, queues: list[str] | None = None) -> int:
    """Deliver events and run jobs until SIGTERM, with Django set up. Returns the exit code."""
    from halkhata.foundation.core.jobs.worker import Worker

    Worker(queues=queues).run()
    return 0

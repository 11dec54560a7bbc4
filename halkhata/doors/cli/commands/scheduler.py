"""``halkhata scheduler``: the timetable alone."""

import argparse
from typing import Any


def register(commands: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "scheduler",
        help="run the timetable alone",
        description="Hands the jobs of config/schedule.py to the workers when they are due, until SIGTERM. Two may "
        "run: each due time fires once.",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Fire due lines until told to stop."""
    from halkhata.doors.cli.setup import set_up

    set_up(need_migrated=True)
    return keep_time()


def keep_time() -> int:
    """Fire due lines until SIGTERM, with Django set up. Returns the exit code."""
    from config.schedule import TIMETABLE
    from halkhata.foundation.core.jobs.schedule import Scheduler

    Scheduler(TIMETABLE).run()
    return 0

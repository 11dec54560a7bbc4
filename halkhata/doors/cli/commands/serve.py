"""``halkhata serve``: the whole product as one process tree."""

import argparse
import os
import sys
from typing import Any

from halkhata.doors.cli.errors import CommandError


def register(commands: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "serve",
        help="start web, worker and scheduler as one process tree",
        description="Brings the database up to date, loads demo data into an empty one (unless HALKHATA_DEMO=no), then "
        "runs web, worker and scheduler until Ctrl-C. A part that dies is started again.",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Prepare, then become the supervisor. Raises CommandError for a taken port or a database out of reach."""
    from halkhata.doors.cli.setup import pending_migrations, set_up

    set_up()
    from django.conf import settings

    from halkhata.doors.cli.first_start import load_demo_into_empty_database, sign_ins
    from halkhata.doors.cli.ports import check_port_free
    from halkhata.doors.cli.static_files import collect_if_changed

    environment = settings.ENVIRONMENT
    check_port_free(environment.host, environment.port)
    if pending_migrations():
        print("· bringing the database up to date", flush=True)
        from django.core.management import call_command

        call_command("migrate", verbosity=0, interactive=False)
    if environment.demo_on_first_start:
        load_demo_into_empty_database()
    collect_if_changed()
    _replace_by_supervisor(environment.host, environment.port, environment.base_url, sign_ins())
    raise CommandError("The supervisor could not be started.")


def _replace_by_supervisor(host: str, port: int, base_url: str, people: list[str]) -> None:
    """Become a small process without Django: it only watches the three that do the work."""
    from django.db import connections

    connections.close_all()
    sys.stdout.flush()
    arguments = ["--host", host, "--port", str(port), "--url", base_url, *(f"--sign-in={line}" for line in people)]
    os.execv(sys.executable, [sys.executable, "-m", "halkhata.doors.cli.supervisor", *arguments])  # noqa: S606

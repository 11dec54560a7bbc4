"""``halkhata serve``: the whole product as one process tree."""

import argparse
from typing import Any


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
    """Prepare, then supervise. Raises CommandError for a taken port or a database out of reach."""
    from halkhata.doors.cli.setup import close_database, pending_migrations, set_up

    set_up()
    from django.conf import settings

    from halkhata.doors.cli.commands import scheduler, web, worker
    from halkhata.doors.cli.first_start import code_to_show, load_demo_into_empty_database, sign_ins
    from halkhata.doors.cli.ports import check_port_free
    from halkhata.doors.cli.static_files import collect_if_changed
    from halkhata.doors.cli.supervisor import Part, Supervisor, make_greeting

    environment = settings.ENVIRONMENT
    check_port_free(environment.host, environment.port)
    if pending_migrations():
        print("· bringing the database up to date", flush=True)
        from django.core.management import call_command

        call_command("migrate", verbosity=0, interactive=False)
    if environment.demo_on_first_start:
        load_demo_into_empty_database()
    collect_if_changed()
    greeting = make_greeting(
        url=environment.base_url, host=environment.host, sign_ins=sign_ins(), setup_code=code_to_show()
    )
    # A connection, and a pool's threads, must not cross a fork.
    close_database()
    parts = [Part("web", web.serve_pages), Part("worker", worker.work), Part("scheduler", scheduler.keep_time)]
    return Supervisor(parts, host=environment.host, port=environment.port, greeting=greeting).run()

"""``halkhata web``: the web server alone."""

import argparse
from typing import Any


def register(commands: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "web",
        help="run the web server alone",
        description="Serves the pages on HALKHATA_HOST and HALKHATA_PORT until SIGTERM. For a bigger shop, where web, "
        "worker and scheduler are services of their own.",
    )
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes that answer (default 1)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until told to stop. Raises CommandError when the port is taken or the database is not ready."""
    from halkhata.doors.cli.setup import set_up

    set_up(need_migrated=True)
    from django.conf import settings

    from halkhata.doors.cli.ports import check_port_free
    from halkhata.doors.cli.static_files import collect_if_changed

    environment = settings.ENVIRONMENT
    check_port_free(environment.host, environment.port)
    collect_if_changed()
    return serve_pages(workers=max(1, options.workers))


def serve_pages(*, workers: int = 1) -> int:
    """Answer requests until SIGTERM, with Django set up. Returns the exit code."""
    import uvicorn
    from django.conf import settings

    uvicorn.run(
        "config.asgi:application",
        host=settings.ENVIRONMENT.host,
        port=settings.ENVIRONMENT.port,
        workers=workers,
        access_log=False,
        log_level="warning",
        lifespan="off",
        server_header=False,
        # Live streams never end by themselves; they must not hold up the stop.
        timeout_graceful_shutdown=3,
    )
    return 0

"""``halkhata mail ingest``: takes one e-mail from a file or a pipe."""

import argparse
import hashlib
import logging
import sys
from typing import Any

from halkhata.doors.cli.output import add_json_option, print_json
from halkhata.doors.cli.speech import add_language_option, speaking


def register(commands: Any) -> None:
    """Add the command and its action to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser("mail", help="hand an e-mail to Halkhata")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    ingest = actions.add_parser(
        "ingest",
        help="take one RFC 5322 message",
        description="Reads one message and does with it what is done with mail from a mailbox. Whatever the bytes are, "
        "the exit code is 0: what cannot be read is kept and shown in quarantine.",
    )
    ingest.add_argument("file", nargs="?", default="-", metavar="FILE", help="the message (default: standard input)")
    add_json_option(ingest)
    add_language_option(ingest)
    ingest.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Ingest and print outcome, ticket, customer and message_id. Raises CommandError when FILE cannot be read."""
    raw = _read(options.file)
    from halkhata.doors.cli.setup import set_up

    set_up(need_migrated=True)
    answer = _ingest(raw)
    if options.json:
        print_json(answer)
    else:
        with speaking(options):
            print(_sentence(answer))
    return 0


def _sentence(answer: dict[str, Any]) -> str:
    from halkhata.engines.messaging.choices import InboundOutcome
    from halkhata.foundation.core.templatetags.halkhata import ref

    outcome = str(InboundOutcome(answer["outcome"]).label)
    return f"{outcome}: {ref(answer['ticket'])}" if answer["ticket"] else outcome


def _read(name: str) -> bytes:
    from halkhata.doors.cli.errors import CommandError

    if name == "-":
        return sys.stdin.buffer.read()
    try:
        with open(name, "rb") as stream:
            return stream.read()
    except OSError as error:
        raise CommandError(f"The file {name} cannot be read: {error.strerror}.") from error


def _ingest(raw: bytes) -> dict[str, Any]:
    from django.db import Error as DatabaseError

    from halkhata.doors.cli.errors import CommandError
    from halkhata.engines.messaging.services.inbound import ingest

    try:
        result = ingest(raw)
    except DatabaseError as error:
        raise CommandError(f"The mail could not be stored: {error}.") from error
    except Exception as error:
        # The bytes are stored first. When they are, the worker tries again and a person can see them: nothing is lost.
        if not _is_stored(raw):
            raise
        logging.getLogger(__name__).exception("a stored mail could not be processed")
        return {"outcome": "quarantined", "ticket": None, "customer": None, "message_id": None, "error": str(error)}
    return {
        "outcome": str(result.outcome),
        "ticket": result.ticket,
        "customer": result.customer,
        "message_id": result.message_id,
    }


def _is_stored(raw: bytes) -> bool:
    from halkhata.engines.messaging.models import InboundRaw

    return InboundRaw.objects.filter(sha256=hashlib.sha256(raw).hexdigest()).exists()

"""``halkhata sms``: tries a gateway, and asks what is left."""

import argparse
from typing import Any

from halkhata.doors.cli.output import add_json_option, print_json
from halkhata.doors.cli.speech import add_language_option, speaking


def register(commands: Any) -> None:
    """Add the command and its actions to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser("sms", help="try an SMS gateway, or ask what is left")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    trial = actions.add_parser(
        "try",
        help="send one real SMS",
        description="Sends TEXT to NUMBER now by the whole shop's gateway, or by --gateway. Exit code 1: not taken.",
    )
    trial.add_argument("number", metavar="NUMBER")
    trial.add_argument("text", metavar="TEXT")
    balance = actions.add_parser("balance", help="ask every gateway that can tell what is left")
    for action, run in ((trial, run_try), (balance, run_balance)):
        action.add_argument("--gateway", metavar="NAME", default="", help="the gateway's name in the settings")
        add_json_option(action)
        add_language_option(action)
        action.set_defaults(run=run)


def run_try(options: argparse.Namespace) -> int:
    """Send and print what the gateway answered. Raises CommandError."""
    from halkhata.doors.cli.setup import set_up

    set_up(need_migrated=True)
    return send_try(options)


def run_balance(options: argparse.Namespace) -> int:
    """Ask and print. Raises CommandError."""
    from halkhata.doors.cli.setup import set_up

    set_up(need_migrated=True)
    return ask(options)


def send_try(options: argparse.Namespace) -> int:
    """The same, with Django set up and the database reached."""
    from halkhata.doors.cli.errors import CommandError
    from halkhata.engines.sms.choices import WITH_GATEWAY, CarryState, Fault
    from halkhata.engines.sms.services.trying import try_gateway
    from halkhata.foundation.core.errors import DomainError

    with speaking(options):
        gateway = _gateways(options.gateway, whole_shop=True)[0]
        try:
            found = try_gateway(actor=None, gateway=gateway, number=options.number, text=options.text)
        except DomainError as error:
            raise CommandError(str(error.message)) from error
        taken = found.state in WITH_GATEWAY
        if options.json:
            print_json({"gateway": gateway.name, "state": found.state, "fault": found.fault, "said": found.said})
        else:
            why = Fault(found.fault).label if found.fault else ""
            print(" ".join(str(part) for part in (CarryState(found.state).label, why, found.said) if part))
    return 0 if taken else 1


def ask(options: argparse.Namespace) -> int:
    """The same, with Django set up and the database reached. Exit code 1 when nobody told anything."""
    from django.utils.translation import gettext as _

    from halkhata.engines.sms.choices import Fault
    from halkhata.engines.sms.services.balances import ask_balance

    with speaking(options):
        rows = []
        for gateway in _gateways(options.gateway):
            told = ask_balance(gateway)
            gateway.refresh_from_db()
            rows.append((gateway, told))
        if options.json:
            print_json({"gateways": [
                {"name": row.name, "told": told, "balance": None if row.balance is None else str(row.balance),
                 "fault": row.last_fault}
                for row, told in rows
            ]})  # fmt: skip
        else:
            for row, told in rows:
                why = str(Fault(row.last_fault).label) if row.last_fault else _("It does not tell what is left.")
                print(f"{row.name}: {row.balance if told else why}")
    return 0 if any(told for _row, told in rows) else 1


def _gateways(name: str, *, whole_shop: bool = False) -> list[Any]:
    from django.utils.translation import gettext as _

    from halkhata.doors.cli.errors import CommandError
    from halkhata.engines.sms.models import Gateway

    rows = Gateway.objects.filter(is_demo=False)
    rows = rows.filter(name=name) if name else rows.filter(is_active=True)
    found = list(rows.order_by("branch__path", "pk"))
    if whole_shop and not name:
        found = [row for row in found if row.branch_id is None]
    if not found:
        raise CommandError(_("There is no such gateway."))
    return found

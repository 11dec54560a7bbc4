"""``halkhata training``: who has passed which course, and until when it counts (A51.13)."""

import argparse
from typing import Any

from halkhata.doors.cli.output import add_json_option, print_json
from halkhata.doors.cli.speech import add_language_option, speaking


def register(commands: Any) -> None:
    """Add the command and its action to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "training",
        help="show the training records of staff",
        description="Prints for each active member of staff, or for USERNAME, how they stand with each course in use: "
        "valid, soon (ends within 30 days), expired, failed, never.",
    )
    parser.add_argument("username", nargs="?", metavar="USERNAME", help="one person only")
    add_json_option(parser)
    add_language_option(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the records. Raises CommandError (exit code 1) for a user name that nobody has."""
    from halkhata.doors.cli.setup import set_up

    set_up(need_migrated=True)
    return show(options)


def show(options: argparse.Namespace) -> int:
    """The same, with Django set up and the database reached."""
    from django.utils.translation import gettext as _

    from halkhata.doors.cli.errors import CommandError
    from halkhata.engines.work.selectors.people import standings
    from halkhata.foundation.accounts.models import User
    from halkhata.foundation.core.clock import now
    from halkhata.foundation.core.templatetags.halkhata import localdate

    with speaking(options):
        people = User.objects.filter(is_active=True).select_related("branch").order_by("username")
        if options.username:
            people = people.filter(username=options.username)
            if not people:
                raise CommandError(_("Nobody has the user name “%(name)s”.") % {"name": options.username}, exit_code=1)
        found = standings(list(people), now())
        if options.json:
            print_json({"people": [_facts(person, found[person.pk]) for person in people]})
            return 0
        words = {
            "valid": _("valid"), "soon": _("ends soon"), "expired": _("over"), "failed": _("not passed"),
            "never": _("not taken"),
        }  # fmt: skip
        for person in people:
            print(person.name)
            for one in found[person.pk]:
                until = f", {localdate(one.until, 'short')}" if one.until else ""
                print(f"  {one.course.name}: {words[one.state]}{until}")
    return 0


def _facts(person: Any, rows: Any) -> dict[str, Any]:
    return {
        "username": person.username,
        "courses": [
            {
                "code": one.course.code,
                "state": one.state,
                "until": one.until.isoformat() if one.until else None,
                "score": one.last.score if one.last else None,
            }
            for one in rows
        ],
    }

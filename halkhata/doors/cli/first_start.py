"""What happens once, on the first start: demo data into an empty database."""

import logging
import sys

from halkhata.foundation.core.full_disk import is_full_disk


def is_empty() -> bool:
    """Whether this database was never used: no staff, and no install row (one stays behind when a demo was removed)."""
    from halkhata.foundation.accounts.models import User
    from halkhata.foundation.core.models import Installation

    return not User.objects.exists() and not Installation.objects.exists()


def load_demo_into_empty_database() -> bool:
    """Load the demo data when the database is empty. Returns whether it did.

    A failure leaves an empty database behind, and the product starts all the same, with its five set-up questions;
    only a full disk is passed on.
    """
    if not is_empty():
        return False
    from halkhata.doors.cli import demo_data

    print("· loading the demo data", flush=True)
    try:
        demo_data.load_demo()
    except Exception as error:
        if is_full_disk(error):
            raise  # the start cannot go on either
        logging.getLogger(__name__).exception("the demo data could not be loaded")
        print("The demo data could not be loaded (see the log); the start goes on without it.", file=sys.stderr)
        return False
    return True


def sign_ins() -> list[str]:
    """Lines that name user name and password of the first person of each role; none when there is no demo."""
    from halkhata.foundation.core.models import Installation

    if Installation.current().demo_loaded_at is None:
        return []
    from halkhata.doors.cli import demo_data

    of_role: dict[str, dict[str, str]] = {}
    for entry in demo_data.demo_sign_ins():
        of_role.setdefault(entry["role"], entry)
    return [f"{entry['username']} / {entry['password']}  ({role})" for role, entry in of_role.items()]


def code_to_show() -> str:
    """The set-up code while the shop is not set up, else nothing."""
    from halkhata.foundation.accounts.services.setup import is_set_up
    from halkhata.foundation.accounts.services.setup_code import setup_code

    return "" if is_set_up() else setup_code()

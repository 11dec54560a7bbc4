"""Background work for gateways."""

from halkhata.engines.sms.services.balances import ask_balances
from halkhata.engines.sms.services.questions import ask_due, settle_answered
from halkhata.engines.sms.services.reports import forget_old, settle_late
from halkhata.foundation.backups.selectors.standing import outgoing_is_held
from halkhata.foundation.core.jobs import task


@task()
def look_after_texts() -> int:
    """What was answered or reported before it could be written down, and questions that are due. Returns how many."""
    changed = settle_answered() + settle_late()
    # A question may hand the same text over again: not while a restored shop must keep still.
    return changed if outgoing_is_held() else changed + ask_due()


@task()
def ask_all_balances() -> int:
    """Ask the gateways what is left, and forget reports that are old. Returns how many gateways told it."""
    forget_old()
    return 0 if outgoing_is_held() else ask_balances()

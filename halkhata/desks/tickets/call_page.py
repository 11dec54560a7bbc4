"""What the telephone gives to the registries: the banner on the customer's page, notices, settings (A52.21, US-60)."""

from typing import Any

from django.utils.translation import gettext as _

from halkhata.desks.tickets.selectors.repeat_caller import repeat_caller
from halkhata.foundation.accounts.models import User, in_reader_language
from halkhata.foundation.core.phones import format_phone
from halkhata.foundation.core.reader import current_reader
from halkhata.records.customers.models import Customer


def repeat_panel(user: User, customer: Customer) -> dict[str, Any]:
    """Values of the banner on the customer's page."""
    return {
        "repeat": repeat_caller(user, customer),
        "may_assign": user.may("ticket.assign") and user.may("ticket.edit"),
    }


def ringing_sentence(data: dict[str, Any]) -> str:
    """ "Rahima Begum is calling", or the number of somebody we do not know."""
    names = data.get("customer") or ()
    if len(names) == 2:
        who = in_reader_language(*names)
    else:
        number = str(data.get("number", ""))
        who = format_phone(number, bengali=current_reader().digits == "bengali") if number else _("Somebody")
    if data.get("outbound"):
        return _("You are calling %(who)s") % {"who": who}
    return _("%(who)s is calling") % {"who": who}

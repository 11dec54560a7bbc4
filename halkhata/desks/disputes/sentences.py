"""Sentences of the dispute desk: timelines, lives of units, notices."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from halkhata.foundation.core.formatting import format_ref, show_digits
from halkhata.foundation.core.reader import current_reader

LINES: dict[str, Any] = {
    "dispute.opened": _("Dispute %(number)s was opened"),
    "dispute.evidence": _("Evidence is gathered in dispute %(number)s"),
    "dispute.under_review": _("Dispute %(number)s went to the panel"),
    "dispute.decided": _("Dispute %(number)s was decided"),
    "dispute.remedy": _("The remedy in dispute %(number)s is under way"),
    "dispute.closed": _("Dispute %(number)s was closed"),
    "dispute.withdrawn": _("Dispute %(number)s was withdrawn"),
    "dispute.settled": _("Dispute %(number)s was settled by an offer"),
    "dispute.appealed": _("Dispute %(number)s was appealed"),
}
NOTICES: dict[str, Any] = {
    "dispute.to_review": _("You decide in dispute %(number)s: the file is ready"),
    "dispute.recused": _("%(who)s stepped back from the panel of %(number)s: a seat is free"),
    "dispute.appealed": _("The customer appealed in dispute %(number)s"),
    "dispute.offer_expired": _("The offer in dispute %(number)s has run out"),
    "dispute.update_due": _("The customer waits for news in dispute %(number)s"),
    "dispute.evidence_over": _("The days of evidence are over in dispute %(number)s"),
    "dispute.remedy_given": _("A remedy in dispute %(number)s is yours to do"),
    "dispute.remedy_late": _("A remedy in dispute %(number)s is late"),
    "dispute.action_given": _("An action from dispute %(number)s is yours to do"),
    "dispute.action_late": _("An action from dispute %(number)s is late"),
    "dispute.action_check": _("Look whether the action from dispute %(number)s worked"),
    "dispute.repeated": _("The same cause again: %(number)s repeats %(earlier)s, its actions are open again"),
    "dispute.added": _("The customer added something in dispute %(number)s"),
    "dispute.by_customer": _("The customer opened dispute %(number)s"),
}


def shown(data: dict[str, Any]) -> dict[str, Any]:
    """The values of a line, with numbers as the reader writes them."""
    reader = current_reader()
    refs = {
        name: format_ref(str(data.get(name, "")), language=reader.language, digits=reader.digits)
        for name in ("number", "earlier")
    }
    return {"who": "", "case": "", "office": "", **data, **refs}


def line(verb: str) -> Any:
    """The sentence of a timeline and of a unit's life."""
    return lambda data: LINES[verb] % shown(data)


def notice(verb: str) -> Any:
    """The sentence of a notice."""
    return lambda data: NOTICES[verb] % shown(data)


def offer_answered(data: dict[str, Any]) -> str:
    """Whether the customer took the offer."""
    if data.get("accepted"):
        return str(_("The customer accepted the offer in dispute %(number)s") % shown(data))
    return str(_("The customer refused the offer in dispute %(number)s") % shown(data))


def hearing(data: dict[str, Any]) -> str:
    """How many days are left until a hearing."""
    reader = current_reader()
    days = int(data.get("days", 0))
    values = {**shown(data), "days": show_digits(str(days), digits=reader.digits)}
    return (
        ngettext(
            "Hearing in %(days)s day: %(office)s, case %(case)s (%(number)s)",
            "Hearing in %(days)s days: %(office)s, case %(case)s (%(number)s)",
            days,
        )
        % values
    )

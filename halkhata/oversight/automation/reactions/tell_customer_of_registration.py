"""The papers of a registration were looked at -> whoever sent them reads the answer on their case (A53.2, US-06)."""

from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.desks.tickets.choices import TicketState
from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.services.answering import answer_ticket
from halkhata.engines.messaging.services.texts import prepare_text
from halkhata.engines.messaging.text_choices import TextChannel
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.events import on
from halkhata.foundation.core.formatting import format_date
from halkhata.foundation.core.models import Installation
from halkhata.oversight.automation.letters import has_address, language_of
from halkhata.records.warranty.card_page import check_url
from halkhata.records.warranty.events import RegistrationDecided
from halkhata.records.warranty.models import Registration
from halkhata.records.warranty.services.cards import card_of


@on(RegistrationDecided)
def tell_customer_of_registration(event: RegistrationDecided) -> None:
    """Answer the case the registration came in with, in the name of whoever decided.

    Without a case, or where that person may not answer it or it has ended, nothing is sent: the case is in the queue.
    """
    ticket = Ticket.objects.select_related("customer", "branch").filter(number=event.work_number or "-").first()
    decider = User.objects.filter(pk=event.decided_by_id, is_active=True).first()
    row = Registration.objects.select_related("unit").filter(pk=event.registration_id).first()
    if ticket is None or decider is None or row is None or ticket.customer is None:
        return
    mine = decider.may("ticket.reply") and Ticket.objects.visible_to(decider).filter(pk=ticket.pk).exists()
    if not mine or ticket.state in {TicketState.CLOSED, TicketState.MERGED}:
        return
    language = language_of(ticket)
    words = answer_to(row, language)
    if has_address(ticket):
        answer_ticket(actor=decider, ticket=ticket, text=words)
    elif row.phone:
        # By SMS where something carries it; otherwise it waits on the case for somebody to send or read out.
        prepare_text(
            item=ticket, channel=TextChannel.SMS, to_address=row.phone, text=words, language=language,
            cause=f"registration:{row.pk}:{event.state}",
        )  # fmt: skip


def answer_to(row: Registration, language: str) -> str:
    """What the customer reads, in one language."""
    with translation.override(language):
        if row.state == "rejected":
            words = _("We could not register the warranty of %(serial)s: %(reason)s.") % {
                "serial": row.serial, "reason": row.get_reject_reason_display(),
            }  # fmt: skip
            return f"{words} {row.decision_note}".strip()
        until = row.unit.covers.live().order_by("-ends_on").first() if row.unit else None
        words = _("The warranty of %(serial)s is registered.") % {"serial": row.serial}
        if until is not None and row.unit is not None:
            digits = Installation.current().digits_in("bn" if language == "bn" else "en")
            shown = format_date(until.ends_on, language="bn" if language == "bn" else "en", digits=digits)
            words += " " + _("%(part)s is covered until %(day)s. See it here: %(link)s") % {
                "part": until.label, "day": shown, "link": check_url(card_of(row.unit).token),
            }  # fmt: skip
    return words

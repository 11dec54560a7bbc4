"""Where the ticket desk keeps what it knows about customers (foundation/core/personal_data.py)."""

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.personal_data import ERASED, PersonalData, register_personal_data

_TIMES = _("What kind of case it was, when and how it ended: reports count it.")


def register() -> None:
    """Tell the registry."""
    register_personal_data(
        PersonalData(
            model_label="tickets.Ticket", paths=("customer",), on_erasure="blank", order=450, label=_("Tickets"),
            blank={"description": "", "serial": "", "caller_name": ""}, why_kept=_TIMES,
        ),
        PersonalData(
            model_label="tickets.Resolution", paths=("ticket__customer",), on_erasure="blank", order=440,
            blank={"action": ERASED, "told_how": ""}, label=_("Solutions"), why_kept=_TIMES,
        ),
        PersonalData(
            model_label="tickets.Call", paths=("customer", "item__customer"), addresses=("number",),
            on_erasure="blank", order=440, blank={"number": "", "note": "", "recording_url": ""}, label=_("Calls"),
            why_kept=_TIMES,
        ),
        PersonalData(
            model_label="tickets.TicketPresence", paths=("ticket__customer",), on_erasure="delete", order=440,
            label=_("Who looks at a ticket"),
        ),
        PersonalData(
            model_label="tickets.CannedUse", paths=("message__customer", "message__conversation__item__customer"),
            on_erasure="keep", order=440, label=_("Use of ready answers"), why_kept=_TIMES,
        ),
    )  # fmt: skip

"""Looking whether a ticket and a phone number belong together, and making the code if they do. Runs in a job."""

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.desks.tickets.models import Ticket
from halkhata.doors.portal.models import FollowRequest
from halkhata.doors.portal.services.codes import prepare_code, usable_address
from halkhata.doors.portal.services.following import CUSTOMER, PHONE_PURPOSE, code_hash, new_code
from halkhata.doors.portal.services.telling_owner import tell_owner
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.formatting import format_ref, show_digits
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.secret_box import unseal
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import ContactPoint


def look_and_tell(request_id: int) -> bool:
    """Prepare the code if ticket and number belong together; forget the number in any case. Returns whether they do.

    A second run changes nothing.
    """
    with transaction.atomic():
        request = FollowRequest.objects.select_for_update().filter(pk=request_id, looked_at__isnull=True).first()
        if request is None:
            return False
        phone = unseal(request.sealed_phone, purpose=PHONE_PURPOSE)
        request.sealed_phone, request.looked_at = "", now()
        open_still = request.ended_at is None and request.expires_at > now()
        if not request.number:
            # The other door: for whoever wants to see what is kept about them.
            return tell_owner(request, phone if open_still else "")
        ticket = Ticket.objects.select_related("customer", "branch", "team").filter(number=request.number).first()
        contact = _contact(ticket, phone) if ticket is not None and open_still else None
        if ticket is not None and contact is not None:
            code = new_code()
            request.ticket, request.contact, request.code_hash = ticket, contact, code_hash(request.pk, code)
        request.save(update_fields=["sealed_phone", "looked_at", "ticket", "contact", "code_hash"])
        if ticket is None or contact is None:
            return False
        _tell(request, ticket, contact, code)
        record(actor=CUSTOMER, action="follow.code", record=ticket)
    return True


def _contact(ticket: Ticket, phone: str) -> ContactPoint | None:
    """The customer's own row for this number; a merged customer's is the survivor's as well."""
    customer = ticket.customer
    if customer is None or not phone:
        return None
    whole = customer.merged_into or customer
    return (
        ContactPoint.objects.filter(customer__in=[whole, *whole.aliases.all()], kind=ContactKind.PHONE, value=phone)
        .order_by("-customer_id")
        .first()
    )


def _tell(request: FollowRequest, ticket: Ticket, contact: ContactPoint, code: str) -> None:
    with translation.override(request.language):
        install = Installation.current()
        digits = install.digits_in(request.language)
        values = {
            "code": show_digits(code, digits=digits),
            "number": format_ref(ticket.number, language="bn" if request.language == "bn" else "en", digits=digits),
            "shop": install.name or ticket.branch.name,
        }
        text = (
            _("%(code)s is your code for %(number)s at %(shop)s. It works for 10 minutes. Give it to nobody.") % values
        )
        subject = _("Your code for %(number)s") % values
    prepare_code(request, ticket, None, contact, usable_address(ticket.customer), text, subject)

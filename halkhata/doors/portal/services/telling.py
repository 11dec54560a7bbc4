"""Looking whether a ticket and a phone number belong together, and making the code if they do. Runs in a job."""

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.desks.tickets.models import Ticket
from halkhata.doors.portal.models import FollowRequest
from halkhata.doors.portal.services.following import (
    CUSTOMER,
    MOST_PER_NUMBER,
    PHONE_PURPOSE,
    WINDOW,
    causes_of,
    code_hash,
    new_code,
)
from halkhata.engines.messaging.models import TextMessage
from halkhata.engines.messaging.services.suppression import is_suppressed
from halkhata.engines.messaging.services.texts import can_go, prepare_text
from halkhata.engines.messaging.text_choices import TextChannel, TextPurpose
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.formatting import format_ref, show_digits
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.secret_box import unseal
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import ContactPoint, Customer


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
        ticket = Ticket.objects.select_related("customer", "branch", "team").filter(number=request.number).first()
        contact = _contact(ticket, phone) if ticket is not None and open_still else None
        if ticket is not None and contact is not None:
            code = new_code()
            request.ticket, request.contact, request.code_hash = ticket, contact, code_hash(request.pk, code)
        request.save(update_fields=["sealed_phone", "looked_at", "ticket", "contact", "code_hash"])
        if ticket is None or contact is None:
            return False
        _prepare(request, ticket, contact, code)
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


def _prepare(request: FollowRequest, ticket: Ticket, contact: ContactPoint, code: str) -> None:
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
    by_sms, by_mail = causes_of(request.pk)
    prepare_text(
        item=ticket, channel=TextChannel.SMS, to_address=contact.value, text=text, cause=by_sms,
        purpose=TextPurpose.CODE, language=request.language, expires_at=request.expires_at,
    )  # fmt: skip
    address = usable_address(ticket.customer)
    # By e-mail only what leaves by itself: nobody reads a mail out.
    if address and can_go(item=ticket, channel=TextChannel.EMAIL, to_address=address) and _may_mail(address):
        prepare_text(
            item=ticket, channel=TextChannel.EMAIL, to_address=address, text=text, subject=subject, cause=by_mail,
            purpose=TextPurpose.CODE, language=request.language, expires_at=request.expires_at,
        )  # fmt: skip


def usable_address(customer: Customer | None) -> str:
    """The customer's e-mail address if mail reaches it; "" otherwise."""
    if customer is None:
        return ""
    points = customer.contact_points.filter(kind=ContactKind.EMAIL, is_reachable=True).order_by("-is_primary", "id")
    return next((point.value for point in points if not is_suppressed(point.value)), "")


def _may_mail(address: str) -> bool:
    """Three an hour to one address, whatever numbers ask (B83)."""
    recent = TextMessage.objects.filter(to_address=address, purpose=TextPurpose.CODE, prepared_at__gt=now() - WINDOW)
    return recent.count() < MOST_PER_NUMBER

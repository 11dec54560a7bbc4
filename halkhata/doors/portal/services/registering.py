"""A warranty registered by its owner: a case for staff, the registration with its bill, one transaction."""

from collections.abc import Callable
from datetime import date

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.desks.tickets.choices import TicketKind
from halkhata.desks.tickets.models import Category, Ticket
from halkhata.desks.tickets.services.web_form import open_from_web_form
from halkhata.foundation.audit.trail import SystemActor
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.files.models import StoredFile
from halkhata.records.catalog.identifiers import fold_identifier
from halkhata.records.warranty.choices import Channel
from halkhata.records.warranty.models import Registration
from halkhata.records.warranty.services.registering import note_registration
from halkhata.records.warranty.services.shop_rules import warranty_settings

WEB_PAGE = SystemActor("warranty page")


def register_from_web(
    *,
    token: str,
    serial: str,
    bought_on: date,
    phone: str,
    name: str = "",
    product_text: str = "",
    sold_by: str = "",
    invoice_no: str = "",
    by_qr: bool = False,
    language: str = "bn",
    files: Callable[[], list[StoredFile]] = list,
) -> Ticket:
    """Open a request for staff and write the registration down, unverified. ``token`` sent twice makes one.

    The case has number, owner and clock of every other; the one-time code that opens its page proves the phone number.
    Raises DomainError with its field, Conflict ``too_many``; ``closed`` when the shop takes none here.
    """
    if not warranty_settings().public_registration:
        raise DomainError("closed", _("This shop takes no registrations here. Please call, or come by."))
    if not fold_identifier(serial):
        raise DomainError("no_serial", _("Write the serial number; it stands on the sticker."), field="serial")
    if not phone:
        raise DomainError("phone_missing", _("Write your phone number: a code goes there."), field="phone")
    with transaction.atomic():
        known = Ticket.objects.filter(cause=f"web-form:{token}").first()
        if known is not None:
            return known
        photos = files()
        with translation.override(language):
            words = _("Please register my warranty. Serial number: %(serial)s, bought on %(day)s.") % {
                "serial": serial, "day": bought_on.isoformat(),
            }  # fmt: skip
        ticket = open_from_web_form(
            token=token, text=words, name=name, phone=phone, serial=serial, kind=TicketKind.REQUEST,
            category=Category.objects.filter(code="warranty", is_active=True).first(), language=language, files=photos,
        )  # fmt: skip
        note_registration(
            actor=WEB_PAGE, serial=serial, bought_on=bought_on, channel=Channel.QR if by_qr else Channel.WEB,
            branch=ticket.branch, phone=phone, person_name=name, product_text=product_text, sold_by=sold_by,
            invoice_no=invoice_no, photo=photos[0] if photos else None, work_number=ticket.number, key=f"web:{token}",
        )  # fmt: skip
    return ticket


def registration_of(ticket: Ticket) -> Registration | None:
    """The registration this case is about, for the customer's own page."""
    return Registration.objects.filter(work_number=ticket.number).first()

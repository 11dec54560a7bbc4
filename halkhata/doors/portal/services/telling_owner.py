"""The code for whoever wants to see what is kept about them: a phone number is all they name. Runs in the same job."""

from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.doors.portal.models import FollowRequest
from halkhata.doors.portal.services.codes import prepare_code, usable_address
from halkhata.doors.portal.services.following import CUSTOMER, code_hash, new_code
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.formatting import show_digits
from halkhata.foundation.core.models import Installation
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import ContactPoint, Customer
from halkhata.records.privacy.selectors.family import family_of


def contacts_of(phone: str) -> list[ContactPoint]:
    """The row of this number for each person who has it (merged rows are one person), the first known first."""
    points = ContactPoint.objects.filter(kind=ContactKind.PHONE, value=phone, customer__isnull=False)
    found: dict[int, ContactPoint] = {}
    for point in points.select_related("customer__merged_into").order_by("pk")[:200]:
        found.setdefault(owner_of(point).pk, point)
    return list(found.values())


def owner_of(contact: ContactPoint) -> Customer:
    """The person; of somebody who was merged the survivor."""
    customer = contact.customer
    assert customer is not None  # asked for by contacts_of; a firm's own numbers open nothing
    return customer.merged_into or customer


def is_shared(contact: ContactPoint) -> bool:
    """Whether the number belongs to more than one person: then it says of none of them who is asking."""
    return len(contacts_of(contact.value)) > 1


def tell_owner(request: FollowRequest, phone: str) -> bool:
    """Prepare the code if somebody has this number. The caller holds the row in a transaction. Returns whether."""
    contacts = contacts_of(phone) if phone else []
    if not contacts:
        request.save(update_fields=["sealed_phone", "looked_at"])
        return False
    contact, code = contacts[0], new_code()
    customer = owner_of(contact)
    request.contact, request.code_hash = contact, code_hash(request.pk, code)
    text, subject = _words(request.language, code)
    # Of a number that several have nobody knows whose address to take.
    address = usable_address(customer) if len(contacts) == 1 else ""
    item = WorkItem.objects.filter(customer_id__in=family_of(customer.pk)).order_by("-pk").first()
    request.save(update_fields=["sealed_phone", "looked_at", "contact", "code_hash"])
    prepare_code(request, item, customer, contact, address, text, subject)
    record(actor=CUSTOMER, action="own_data.code", record=customer)
    return True


def _words(language: str, code: str) -> tuple[str, str]:
    with translation.override(language):
        install = Installation.current()
        values = {"code": show_digits(code, digits=install.digits_in(language)), "shop": install.name or _("our shop")}
        text = (
            _("%(code)s is your code to see what %(shop)s keeps about you. It works for 10 minutes. Give it to nobody.")
            % values
        )
        return text, _("Your code for %(shop)s") % values

"""The code for whoever wants to see what is kept about them: a phone number is all they name. Runs in the same job."""

from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.doors.portal.models import FollowRequest
from halkhata.doors.portal.services.codes import prepare_code, usable_address
from halkhata.doors.portal.services.following import CUSTOMER, MINE, code_hash, new_code
from halkhata.doors.portal.services.whose import contacts_of, is_shared, owner_of
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.formatting import show_digits
from halkhata.foundation.core.models import Installation
from halkhata.records.privacy.selectors.family import family_of


def tell_owner(request: FollowRequest, phone: str) -> bool:
    """Prepare the code if somebody has this number. The caller holds the row in a transaction. Returns whether."""
    contacts = contacts_of(phone) if phone else []
    if not contacts:
        request.save(update_fields=["sealed_phone", "looked_at"])
        return False
    contact, code = contacts[0], new_code()
    customer = owner_of(contact)
    request.contact, request.code_hash = contact, code_hash(request.pk, code)
    text, subject = _words(request.language, code, request.wants)
    # Of a number that several have nobody knows whose address to take.
    address = usable_address(customer) if len(contacts) == 1 else ""
    item = WorkItem.objects.filter(customer_id__in=family_of(customer.pk)).order_by("-pk").first()
    request.save(update_fields=["sealed_phone", "looked_at", "contact", "code_hash"])
    prepare_code(request, item, customer, contact, address, text, subject)
    record(actor=CUSTOMER, action="own_data.code", record=customer)
    return True


def _words(language: str, code: str, wants: str) -> tuple[str, str]:
    with translation.override(language):
        install = Installation.current()
        values = {"code": show_digits(code, digits=install.digits_in(language)), "shop": install.name or _("our shop")}
        if wants == MINE:
            text = _(
                "%(code)s is your code to see your products and matters at %(shop)s. "
                "It works for 10 minutes. Give it to nobody."
            )
        else:
            text = _(
                "%(code)s is your code to see what %(shop)s keeps about you. "
                "It works for 10 minutes. Give it to nobody."
            )
        return text % values, _("Your code for %(shop)s") % values


__all__ = ["contacts_of", "is_shared", "owner_of", "tell_owner"]

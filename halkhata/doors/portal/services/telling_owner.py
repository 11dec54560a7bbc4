"""The code for whoever wants to see what is kept about them: a phone number is all they name. Runs in the same job."""

from django.db.models import QuerySet
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from halkhata.doors.portal.models import FollowRequest
from halkhata.doors.portal.services.codes import prepare_code, usable_address
from halkhata.doors.portal.services.following import CUSTOMER, code_hash, new_code
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.formatting import show_digits
from halkhata.foundation.core.jobs.backend import enqueue_once
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.registry import staff_mailers
from halkhata.foundation.core.secret_box import seal, unseal
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import ContactPoint, Customer
from halkhata.records.privacy.selectors.family import family_of

MAIL_TASK = "halkhata.doors.portal.jobs.mail_code"
_PURPOSE = "portal.code"


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
    if item is None:
        request.sealed_code = seal(code, purpose=_PURPOSE)
    request.save(update_fields=["sealed_phone", "looked_at", "contact", "code_hash", "sealed_code"])
    if item is not None:
        prepare_code(request, item, contact, address, text, subject)
    elif address and not customer.is_demo:
        enqueue_once(import_string(MAIL_TASK), f"own_code:{request.pk}", request.pk, address)
    record(actor=CUSTOMER, action="own_data.code", record=customer)
    return True


def code_in(request: FollowRequest) -> str:
    """The code in the clear, as long as it is good for something; "" otherwise."""
    over = request.expires_at <= now() or request.used_at is not None or request.ended_at is not None
    return "" if over or not request.sealed_code else unseal(request.sealed_code, purpose=_PURPOSE)


def waiting_codes() -> QuerySet[FollowRequest]:
    """Codes that stand on no work item and wait to be told, the newest first."""
    rows = FollowRequest.objects.filter(used_at__isnull=True, ended_at__isnull=True, expires_at__gt=now())
    return rows.exclude(sealed_code="").select_related("contact__customer").order_by("-pk")


def mail_code(request_id: int, address: str) -> bool:
    """Mail the code to somebody with whom there is no work yet. Raises OSError when it should be tried again."""
    request = FollowRequest.objects.filter(pk=request_id).first()
    mailer, code = staff_mailers.find("mail"), code_in(request) if request is not None else ""
    if request is None or mailer is None or not code or not mailer.can_send():
        return False
    text, subject = _words(request.language, code)
    mailer.send(to=address, subject=subject, text=text, language=request.language)
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

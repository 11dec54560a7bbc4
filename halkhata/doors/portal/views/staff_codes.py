"""For staff: codes of customers with whom there is no work yet, to be read out on the phone.

Codes of the others stand as short texts on their newest ticket (engines/messaging).
"""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from halkhata.doors.portal.services.telling_owner import code_in, waiting_codes
from halkhata.engines.messaging.text_policies import require_texts
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.errors import Conflict
from halkhata.records.customers.models import Customer
from halkhata.records.customers.selectors.customers import customer_for
from halkhata.records.privacy.selectors.family import family_of

MOST = 50


@require_GET
@needs("ticket.reply")
def data_codes(request: StaffRequest) -> HttpResponse:
    """Customers who have asked for a code within ten minutes."""
    require_texts(request.user)
    rows = waiting_codes().filter(contact__customer__in=Customer.objects.visible_to(request.user))
    return render(request, "portal/staff_codes.html", {"rows": rows[:MOST]})


@require_POST
@needs("ticket.reply")
@never_cache
def data_code(request: StaffRequest, pk: int) -> HttpResponse:
    """One code in the clear. A press, not a link: looking is written down."""
    require_texts(request.user)
    customer = customer_for(request.user, pk)
    waiting = waiting_codes().filter(contact__customer__in=family_of(customer.pk)).first()
    code = code_in(waiting) if waiting is not None else ""
    if waiting is None or not code:
        raise Conflict("code_gone", _("This code is used or has run out. The customer can ask for another."))
    with transaction.atomic():
        record(actor=request.user, action="text.code_shown", record=customer)
    context = {"customer": customer, "waiting": waiting, "code": code}
    return render(request, "portal/staff_code.html", context)

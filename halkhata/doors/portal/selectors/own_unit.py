"""The page of one own unit, and the papers that were sent in."""

from typing import Any

from django.db.models import Q

from halkhata.desks.returns.choices import OVER
from halkhata.desks.returns.models import ReturnRequest
from halkhata.desks.returns.tracking import tracking_token
from halkhata.desks.service.models import ServiceJob
from halkhata.desks.tickets.models import Ticket
from halkhata.doors.portal.selectors.matters import headline_of
from halkhata.doors.portal.selectors.mine import OwnUnit
from halkhata.records.catalog.choices import UnitState
from halkhata.records.catalog.models import PurchaseLine
from halkhata.records.customers.models import Customer
from halkhata.records.privacy.selectors.family import family_of_survivor
from halkhata.records.warranty.choices import EvidenceState
from halkhata.records.warranty.models import Registration
from halkhata.records.warranty.selectors.coupons import coupons_of

MOST_JOBS, MOST_PAPERS = 10, 20


def unit_facts(own: OwnUnit, customer: Customer) -> dict[str, Any]:
    """What the page shows besides the verdict. Only what is the customer's own: no earlier owner's repairs."""
    ids = family_of_survivor(customer.pk)
    jobs = ServiceJob.objects.filter(unit=own.unit, customer__in=ids).order_by("-opened_at", "-pk")[:MOST_JOBS]
    running = (
        ReturnRequest.objects.filter(unit=own.unit, customer__in=ids).exclude(stage__in=OVER).order_by("-pk").first()
    )
    sold_here = PurchaseLine.objects.filter(unit=own.unit, stands=True, purchase__customer__in=ids).exists()
    identifiers = list(own.unit.identifiers.all())
    return {
        "coupons": coupons_of(own.unit, reading=own.reading),
        "jobs": [{"job": job, "headline": headline_of(job)} for job in jobs],
        "return_token": tracking_token(running) if running is not None else "",
        "running_return": running,
        # What was bought here by this person may be given back by the policy; the rules are looked at there.
        "may_return": sold_here and running is None and own.unit.state == UnitState.SOLD,
        "may_book": own.booking is None and own.job is None and own.unit.state == UnitState.SOLD,
        "serial": identifiers[0].value if identifiers else own.unit.number,
    }


def papers_of(customer: Customer) -> list[Registration]:
    """Registrations that wait for us, or were refused: those this customer sent. One query."""
    ids = family_of_survivor(customer.pk)
    mine = Ticket.objects.filter(customer__in=ids).values("number")
    rows = Registration.objects.filter(Q(customer__in=ids) | Q(work_number__in=mine))
    return list(rows.exclude(state=EvidenceState.VERIFIED).order_by("-created_at", "-pk")[:MOST_PAPERS])

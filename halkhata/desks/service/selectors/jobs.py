"""Job cards: one by its number, those of a unit and of a customer, the approval that counts."""

from decimal import Decimal

from django.db.models import QuerySet, Sum

from halkhata.desks.service.choices import IN_HOUSE, EstimateState, PartState
from halkhata.desks.service.models import Estimate, JobLine, ServiceJob
from halkhata.desks.service.policies import NOTHING_HERE
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import NotFound
from halkhata.foundation.core.formatting import parse_ref
from halkhata.foundation.core.text import clean_text, fold_digits
from halkhata.records.catalog.models import Unit
from halkhata.records.customers.models import Customer

_WITH = ("customer", "owner", "branch", "team", "technician", "unit__product__kind", "unit__product__brand")


def job_for(user: User, number: str) -> ServiceJob:
    """The job card of this number, in any spelling, inside the user's scope. Raises NotFound."""
    wanted = parse_ref(number) or number
    job = ServiceJob.objects.visible_to(user).select_related(*_WITH).filter(number=wanted).first()
    if job is None:
        raise NotFound("not_found", NOTHING_HERE)
    return job


def job_in_house(unit: Unit) -> ServiceJob | None:
    """The card with which the unit is in the house now."""
    return ServiceJob.objects.filter(unit_id=unit.pk, state__in=IN_HOUSE).order_by("-opened_at").first()


def jobs_of_unit(user: User, unit: Unit) -> QuerySet[ServiceJob]:
    """All cards of a unit, newest first."""
    return ServiceJob.objects.visible_to(user).filter(unit=unit).select_related("owner").order_by("-opened_at", "-pk")


def jobs_of_customer(user: User, customer: Customer) -> QuerySet[ServiceJob]:
    """All cards of a customer, newest first."""
    rows = ServiceJob.objects.visible_to(user).filter(customer=customer)
    return rows.select_related("owner", "unit__product").order_by("-opened_at", "-pk")


def find_jobs(user: User, text: str, limit: int = 10) -> list[ServiceJob]:
    """Cards by their number with its letter, in any spelling: one query, none for anything else.

    By a serial number the unit is found, and its page lists its cards.
    """
    typed = fold_digits(clean_text(text)).upper()
    number = parse_ref(typed)
    if number is None or not number.startswith("J-"):
        return []
    rows = ServiceJob.objects.visible_to(user).filter(number=number).select_related("customer", "unit")
    return list(rows.order_by("-opened_at", "-pk")[:limit])


def standing_lines(job: ServiceJob) -> QuerySet[JobLine]:
    """The lines on the card; those taken off are left out."""
    return job.lines.filter(removed_at__isnull=True).select_related("product", "coupon", "goodwill").order_by("pk")


def charged_total(job: ServiceJob) -> Decimal:
    """What the customer is to pay, over all lines that stand."""
    found = job.lines.filter(removed_at__isnull=True).aggregate(total=Sum("charged"))["total"]
    return (found or Decimal(0)).quantize(Decimal("0.01"))


def open_estimate(job: ServiceJob) -> Estimate | None:
    """The estimate that waits for its answer and has not run out."""
    return job.estimates.filter(state=EstimateState.SENT, expires_at__gt=now()).first()


def standing_approval(job: ServiceJob) -> Estimate | None:
    """The approval that holds for the lines as they are now; None when they changed since, or nobody approved."""
    return job.estimates.filter(state=EstimateState.APPROVED, lines_version=job.lines_version).first()


def needs_approval(job: ServiceJob) -> bool:
    """Whether the customer has something to pay that the customer has not approved."""
    return charged_total(job) > 0 and standing_approval(job) is None


def awaits_part(job: ServiceJob) -> bool:
    """Whether a part is still on its way."""
    return job.part_requests.filter(state=PartState.OPEN).exists()

"""Free services on a card: used with their line, due again when it is taken off or the job is cancelled (A53.10)."""

from django.utils.translation import gettext_lazy as _

from halkhata.desks.service.choices import Payer
from halkhata.desks.service.models import JobLine, ServiceJob
from halkhata.engines.goodwill.choices import GoodwillState
from halkhata.engines.goodwill.models import Goodwill
from halkhata.foundation.audit.trail import Actor
from halkhata.foundation.core.errors import DomainError
from halkhata.records.catalog.days import today
from halkhata.records.warranty.choices import CouponState
from halkhata.records.warranty.models import Coupon
from halkhata.records.warranty.services.coupons import give_back_coupon, use_coupon


def take_coupon(
    actor: Actor | None, job: ServiceJob, payer: str, coupon: Coupon | None, goodwill: Goodwill | None
) -> Coupon | None:
    """Use the free service that a line names, unless it is used for this very card already.

    Inside the transaction that holds the card. Raises DomainError ``coupon_elsewhere`` and what ``use_coupon`` raises.
    """
    if payer != Payer.COUPON or coupon is None:
        return None
    if coupon.unit_id != job.unit_id:
        raise DomainError("coupon_elsewhere", _("This free service belongs to another unit."), field="coupon")
    used_here = Coupon.objects.filter(pk=coupon.pk, state=CouponState.USED, job_number=job.number).exists()
    if used_here and job.lines.filter(coupon=coupon).exists():
        return coupon  # used for this very card
    waived = f"goodwill:{goodwill.pk}" if goodwill is not None and goodwill.state == GoodwillState.GRANTED else None
    return use_coupon(
        actor=actor, coupon_id=coupon.pk, on=today(), reading=job.reading, job_number=job.number, goodwill=waived
    )


def give_back_coupons(actor: Actor | None, job: ServiceJob, *lines: JobLine) -> None:
    """The free services of these lines are not done: due again, unless another standing line has the same one.

    Inside the transaction that holds the card.
    """
    off = {line.pk for line in lines}
    for coupon_id in sorted({line.coupon_id for line in lines if line.coupon_id is not None}):
        if not job.lines.filter(coupon=coupon_id, removed_at__isnull=True).exclude(pk__in=off).exists():
            give_back_coupon(actor=actor, coupon_id=coupon_id, job_number=job.number)

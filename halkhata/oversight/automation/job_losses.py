"""Lines of job cards that the warranty pays out of the shop's own pocket: what no company pays back (A53.10)."""

from typing import Any

from django.db.models import Case, DecimalField, F, QuerySet, When

from halkhata.desks.service.choices import JobState, Payer
from halkhata.desks.service.models import JobLine, ServiceJob
from halkhata.foundation.accounts.models import User

_MONEY = DecimalField(max_digits=14, decimal_places=2)
_COVERED = (Payer.WARRANTY, Payer.COUPON)


def lines_nobody_pays_back(user: User) -> QuerySet[Any, Any]:
    """Covered lines of cards that the user may see, of which the company takes none; where the cost is not written,
    the price of the line stands for it, as on a claim. Goodwill and contracts have reports of their own.
    """
    jobs = ServiceJob.objects.visible_to(user).exclude(state=JobState.CANCELLED)
    rows = (
        JobLine.objects.filter(
            job__in=jobs.order_by().values("pk"), removed_at__isnull=True, payer__in=_COVERED, is_recoverable=False
        )
        .order_by()
        .values(
            loss_brand=F("job__unit__product__brand"), loss_at=F("job__opened_at"), loss_currency=F("job__currency"),
            loss_amount=Case(
                When(cost__gt=0, then=F("cost")), default=F("quantity") * F("unit_price") - F("discount"),
                output_field=_MONEY,
            ),
            loss_item=F("job__pk"), loss_number=F("job__number"), loss_kind=F("job__kind"),
            loss_branch=F("job__branch"), loss_what=F("text"),
        )
    )  # fmt: skip
    return rows if user.may("job.view") else rows.none()

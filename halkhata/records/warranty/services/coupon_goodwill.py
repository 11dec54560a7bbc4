"""An early, late or lost free service that a manager lets pass."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.text import clean_text
from halkhata.records.warranty.models import Coupon
from halkhata.records.warranty.policies import require
from halkhata.records.warranty.registry import goodwill_grants
from halkhata.records.warranty.services.coupons import use_coupon


def use_as_goodwill(
    *,
    actor: User,
    coupon: Coupon,
    reason: str,
    on: date,
    reading: int | None = None,
    job_number: str = "",
    cost: Decimal = Decimal(0),
) -> Coupon:
    """Use it outside its windows: the manager's right, a reason, what it costs the shop, and the limits of goodwill.

    Raises PermissionRefused, DomainError ``no_reason``, and what the grant and ``use_coupon`` raise.
    """
    require(actor, "warranty.void", coupon.unit)
    words = clean_text(reason, max_length=60)
    if not words:
        raise DomainError("no_reason", _("Write why it passes: it is kept with your name."), field="goodwill")
    with transaction.atomic():
        grant = goodwill_grants.find("coupon")
        mark = grant(actor, coupon, words, cost) if grant is not None else words
        return use_coupon(
            actor=actor, coupon_id=coupon.pk, on=on, reading=reading, job_number=job_number, goodwill=mark
        )

"""Changing rules of service and the settings of reminders."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.aftercare import policies
from halkhata.desks.aftercare.models import AftercareSettings, ServiceRule
from halkhata.desks.aftercare.models.rules import MOST_MONTHS, MOST_USAGE
from halkhata.desks.aftercare.selectors.rules import RENEWAL_DAYS
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.records.catalog.models import Brand, Product, ProductKind

_LIMITS = {"before_days": (1, 60), "after_days": (1, 60), "coupon_days": (1, 90)}
FIELDS = ("before_days", "after_days", "coupon_days", "renewal_days", "sends_texts")


def save_rule(
    *,
    actor: Any,
    rule: ServiceRule | None = None,
    product: Product | None = None,
    brand: Brand | None = None,
    kind: ProductKind | None = None,
    months: int | None = None,
    usage_every: int | None = None,
    is_active: bool = True,
    version: int | None = None,
    is_demo: bool = False,
) -> ServiceRule:
    """Add a rule or change one. Raises PermissionRefused, DomainError ``no_rule``, ``no_meter``, ``out_of_range``,
    ``two_sorts``, Conflict ``same_rule``, ``changed_meanwhile``.
    """
    policies.require(actor, policies.SETTINGS)
    if not months and not usage_every:
        raise DomainError("no_rule", _("Write after how many months, or after how much use."), field="months")
    if not 1 <= (months or 1) <= MOST_MONTHS:
        raise DomainError("out_of_range", _("This number is too small or too large."), field="months")
    if not 1 <= (usage_every or 1) <= MOST_USAGE:
        raise DomainError("out_of_range", _("This number is too small or too large."), field="usage_every")
    if product is not None and (brand is not None or kind is not None):
        raise DomainError(
            "two_sorts", _("A product has its brand and kind: choose it alone."), field="product"
        )  # fmt: skip
    measured = product.kind if product is not None else kind
    if usage_every and measured is not None and not measured.usage_unit:
        raise DomainError("no_meter", _("Units of this kind have no meter."), field="usage_every")
    try:
        with transaction.atomic():
            row = ServiceRule.objects.select_for_update(of=("self",)).get(pk=rule.pk) if rule else ServiceRule()
            if row.pk and version is not None and row.version != version:
                raise Conflict("changed_meanwhile", _("Somebody else changed it meanwhile. Please look again."))
            before = {"months": row.months, "usage_every": row.usage_every} if row.pk else None
            row.product, row.brand, row.kind = product, brand, kind
            row.months, row.usage_every, row.is_active = months or None, usage_every or None, is_active
            row.version += 1 if row.pk else 0
            row.is_demo = row.is_demo or is_demo
            row.save()
            after = {"months": row.months, "usage_every": row.usage_every, "is_active": is_active}
            record(actor=actor, action="service_rule.save", record=row, before=before, after=after)
    except IntegrityError as error:
        raise Conflict("same_rule", _("There is a rule for this already: change that one."), field="product") from error
    return row


def save_settings(
    *, actor: Any, before_days: int, after_days: int, coupon_days: int, renewal_days: Sequence[int], sends_texts: bool
) -> AftercareSettings:
    """Set how early the shop reminds. Raises PermissionRefused, DomainError ``out_of_range``."""
    policies.require(actor, policies.SETTINGS)
    values: dict[str, Any] = {"before_days": before_days, "after_days": after_days, "coupon_days": coupon_days}
    for name, (lowest, highest) in _LIMITS.items():
        if not lowest <= values[name] <= highest:
            raise DomainError("out_of_range", _("This number is too small or too large."), field=name)
    days = sorted({int(one) for one in renewal_days}, reverse=True)
    if len(days) > 5 or any(not 1 <= one <= 365 for one in days):
        raise DomainError(
            "out_of_range", _("Write up to five numbers of days, from 1 to 365."), field="renewal_days"
        )  # fmt: skip
    values |= {"renewal_days": days, "sends_texts": sends_texts}
    with transaction.atomic():
        AftercareSettings.objects.get_or_create(pk=1, defaults={"renewal_days": list(RENEWAL_DAYS)})
        row = AftercareSettings.objects.select_for_update().get(pk=1)
        before = {name: getattr(row, name) for name in FIELDS}
        for name, value in values.items():
            setattr(row, name, value)
        row.version += 1
        row.save()
        record(actor=actor, action="aftercare_settings.save", record=row, before=before, after=values)
    return row

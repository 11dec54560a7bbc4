"""Setting how much each role may waive, and for whom goodwill is suggested."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.goodwill.models import GoodwillLimit, GoodwillRules
from halkhata.foundation.accounts.models import Role, User
from halkhata.foundation.audit.trail import Actor, record
from halkhata.foundation.core.errors import DomainError, PermissionRefused

# What a new shop starts with: role, in one case, within a month.
STARTING_LIMITS = (
    ("team_lead", 1_000, 5_000),
    ("manager", 5_000, 30_000),
    ("head_office", 20_000, 200_000),
    ("owner", 100_000, 1_000_000),
)


@transaction.atomic
def save_limit(
    *, actor: Actor | None, role: Role, per_case: Decimal, per_month: Decimal, currency: str
) -> GoodwillLimit:
    """Set the limit of a role. Raises PermissionRefused; DomainError ``bad_limit`` at ``per_month``."""
    _may(actor)
    if per_case < 0 or per_month < per_case:
        raise DomainError("bad_limit", _("The limit of a month must hold at least one case."), field="per_month")
    row = GoodwillLimit.objects.select_for_update().filter(role=role).first()
    before = None if row is None else {"per_case": row.per_case, "per_month": row.per_month}
    row = row or GoodwillLimit(role=role)
    row.per_case, row.per_month, row.currency = per_case, per_month, currency
    row.version = row.version + 1 if before else 1
    row.save()
    record(
        actor=actor, action="goodwill.limit", record=row, before=before,
        after={"role": role, "per_case": per_case, "per_month": per_month},
    )  # fmt: skip
    return row


@transaction.atomic
def save_rules(*, actor: Actor | None, min_years: int, min_purchases: int, max_complaints: int) -> GoodwillRules:
    """Set for whom goodwill is suggested. Raises PermissionRefused."""
    _may(actor)
    GoodwillRules.objects.get_or_create(pk=1)
    row = GoodwillRules.objects.select_for_update().get(pk=1)
    row.min_years, row.min_purchases, row.max_complaints = min_years, min_purchases, max_complaints
    row.version += 1
    row.save()
    record(
        actor=actor, action="goodwill.rules", record=row,
        after={"min_years": min_years, "min_purchases": min_purchases, "max_complaints": max_complaints},
    )  # fmt: skip
    return row


def prepare_limits(*, currency: str) -> None:
    """The starting limits, for roles that have none; what somebody set stays. The trail tells of the set-up."""
    roles = {
        role.code: role for role in Role.objects.filter(code__in=[code for code, _case, _month in STARTING_LIMITS])
    }
    for code, per_case, per_month in STARTING_LIMITS:
        role = roles.get(code)
        if role is not None and not GoodwillLimit.objects.filter(role=role).exists():
            GoodwillLimit.objects.create(
                role=role, per_case=Decimal(per_case), per_month=Decimal(per_month), currency=currency
            )


def _may(actor: Actor | None) -> None:
    if isinstance(actor, User) and not actor.may("settings.edit"):
        raise PermissionRefused("settings_refused", _("You may not change the settings."))

"""The sheet of free services of a month, claimed from each company (US-16 AC 4, US-33 AC 5)."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from halkhata.desks.claims import policies
from halkhata.desks.claims.choices import LineKind, Sort
from halkhata.desks.claims.models import Claim
from halkhata.desks.claims.selectors.branches import branches_of
from halkhata.desks.claims.selectors.coupons import unclaimed
from halkhata.desks.claims.selectors.rules import Terms, terms_of
from halkhata.desks.claims.services.opening import NewLine, begin
from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.formatting import format_month
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.reader import Language
from halkhata.records.catalog.models import Brand
from halkhata.records.catalog.selectors.products import label_of_product
from halkhata.records.warranty.models import Coupon


def claim_month(
    *,
    actor: Any,
    brand: Brand,
    month: date,
    branch: Branch,
    owner: User | None = None,
    cause: str = "",
    is_demo: bool = False,
) -> Claim:
    """One draft with a line for each free service of the brand that the branch gave in the month, at the rate of the
    company; those that are claimed already are left out.

    Raises PermissionRefused, NotFound (branch out of sight), Conflict ``claimed_already``, DomainError
    ``nothing_to_claim``.
    """
    policies.require(actor, policies.EDIT)
    if isinstance(actor, User) and not branches_of(actor).filter(pk=branch.pk).exists():
        raise DomainError("unknown_branch", _("Choose a branch."), field="branch")
    first = month.replace(day=1)
    terms = terms_of(brand)
    with transaction.atomic():
        rows = list(unclaimed(brand=brand, month=first, branch=branch))
        if not rows:
            raise DomainError(
                "nothing_to_claim", _("No free service of this month waits to be claimed."), field="month"
            )
        language: Language = "en" if Installation.current().default_language == "en" else "bn"
        with override(language):
            lines = _lines(rows, terms)
            subject = f"{brand.name}: {format_month(first, language=language)}"
        deadline = terms.deadline(_last_day(first))
        return begin(
            actor=actor, brand=brand, branch=branch, subject=subject, sort=Sort.COUPONS, currency="",
            lines=lines, files=(), values={"month_on": first, "deadline_on": deadline},
            work={"team": None, "owner": owner, "cause": cause, "is_demo": is_demo},
        )  # fmt: skip


def _lines(rows: Sequence[Coupon], terms: Terms) -> list[NewLine]:
    return [
        NewLine(
            kind=LineKind.COUPON, coupon=row, cost=Decimal(0), claimed=terms.coupon_rate, code=row.job_number,
            text=_("Free service %(n)s: %(product)s, %(numbers)s")
            % {
                "n": row.number, "product": label_of_product(row.unit.product),
                "numbers": ", ".join(one.value for one in row.unit.identifiers.all()),
            },
        )
        for row in rows
    ]  # fmt: skip


def _last_day(first: date) -> date:
    following = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    return date.fromordinal(following.toordinal() - 1)

"""Publishing a return policy: a new version, never a change of one that customers have bought under (A58.1)."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from halkhata.desks.returns import policies
from halkhata.desks.returns.choices import DepositKind, PolicyChannel, Reason
from halkhata.desks.returns.models import AdvanceTerms, RefundLimit, ReturnPolicy, ReturnRules
from halkhata.desks.returns.selectors.terms import scope_of
from halkhata.foundation.accounts.models import Role, User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import ProductKind
from halkhata.records.catalog.selectors.prices import shop_currency

SETTINGS = "settings.edit"
LONGEST = 3650


def publish_policy(
    *,
    actor: Any,
    kind: ProductKind | None = None,
    channel: str = "",
    country: str = "",
    from_on: date | None = None,
    window_days: int,
    defect_days: int,
    condition_bn: str,
    condition_en: str,
    exclusions_bn: str = "",
    exclusions_en: str = "",
    excluded_reasons: list[str] | None = None,
    needs_accessories: bool = True,
    fee_percent: Decimal = Decimal(0),
    advance_kind: str = "",
    advance_amount: Decimal = Decimal(0),
    advance_days: int | None = None,
    is_demo: bool = False,
) -> ReturnPolicy:
    """Publish the next version for a kind of product, a channel and a country, in force from a day on.

    ``advance_kind``: with which deposit a replacement is handed over before the old piece is back; "" for never.
    Sales before that day keep what was in force then. Raises PermissionRefused, DomainError ``bad_channel``,
    ``bad_country``, ``bad_days``, ``bad_fee``, ``both_languages``, ``bad_reason``, ``bad_deposit``, ``backdated``,
    Conflict ``changed_meanwhile`` when two publish at once.
    """
    policies.require(actor, SETTINGS)
    if channel and channel not in PolicyChannel.values:
        raise DomainError("bad_channel", _("Choose for which sales it holds."), field="channel")
    land = country.strip().upper()
    if land and (len(land) != 2 or not land.isascii() or not land.isalpha()):
        raise DomainError("bad_country", _("Write the country as two letters, like BD."), field="country")
    for value, field in ((window_days, "window_days"), (defect_days, "defect_days")):
        if not 0 <= value <= LONGEST:
            raise DomainError("bad_days", _("Write a number of days from 0 to 3650."), field=field)
    if not fee_percent.is_finite() or not 0 <= fee_percent <= 100:
        raise DomainError("bad_fee", _("Write a percentage from 0 to 100."), field="fee_percent")
    texts = {
        name: clean_text(value, multiline=True, max_length=4000)
        for name, value in (
            ("condition_bn", condition_bn), ("condition_en", condition_en), ("exclusions_bn", exclusions_bn),
            ("exclusions_en", exclusions_en),
        )
    }  # fmt: skip
    for one in ("condition", "exclusions"):
        if bool(texts[f"{one}_bn"]) != bool(texts[f"{one}_en"]) or (one == "condition" and not texts["condition_bn"]):
            raise DomainError("both_languages", _("Write it in both languages: it is public."), field=f"{one}_bn")
    unknown = set(excluded_reasons or []) - set(Reason.values)
    if unknown:
        raise DomainError("bad_reason", _("Choose reasons from the list."), field="excluded_reasons")
    advance = advance_terms(advance_kind, advance_amount, advance_days)
    day, begins = today(), from_on or today()
    scope = scope_of(kind, channel, land)
    with transaction.atomic():
        last = ReturnPolicy.objects.filter(scope=scope).aggregate(last=Max("version"))["last"] or 0
        if last and begins < day:
            raise DomainError("backdated", _("A new version holds from today at the earliest."), field="from_on")
        try:
            with transaction.atomic():
                policy = ReturnPolicy.objects.create(
                    kind=kind, channel=channel, country=land, scope=scope, version=last + 1, from_on=begins,
                    published_on=day, published_by=actor if isinstance(actor, User) else None,
                    window_days=window_days, defect_days=defect_days, excluded_reasons=sorted(excluded_reasons or []),
                    needs_accessories=needs_accessories, fee_percent=fee_percent, is_demo=is_demo, **texts,
                )  # fmt: skip
                if advance is not None:
                    advance.policy = policy
                    advance.save()
        except IntegrityError as error:
            raise Conflict(
                "changed_meanwhile",
                _("Somebody else changed this meanwhile. Nothing was saved; please look at it again."),
            ) from error
        record(
            actor=actor, action="return_policy.publish", record=policy,
            after={"scope": scope, "version": policy.version, "from": begins, "window": window_days,
                   "defect": defect_days, "fee": str(fee_percent),
                   "advance": "" if advance is None else f"{advance.kind} {advance.amount} {advance.days}"},
        )  # fmt: skip
    return policy


def advance_terms(kind: str, amount: Decimal, days: int | None) -> AdvanceTerms | None:
    """What a policy will say about replacements in advance; None for never. Raises DomainError."""
    if not kind:
        return None
    if kind not in DepositKind.values:
        raise DomainError("bad_deposit", _("Choose with which deposit."), field="advance_kind")
    if days is None or not 1 <= days <= 365:
        raise DomainError("bad_days", _("Write a number of days from 1 to 365."), field="advance_days")
    if kind == DepositKind.NONE:
        return AdvanceTerms(kind=kind, amount=Decimal(0), days=days)
    most = Decimal(100) if kind == DepositKind.PERCENT else Decimal("1e11")
    if not amount.is_finite() or not 0 < amount <= most or amount != amount.quantize(Decimal("0.01")):
        raise DomainError(
            "bad_deposit", _("Write the deposit: an amount, or a percentage up to 100."), field="advance_amount"
        )
    currency = shop_currency() if kind == DepositKind.FIXED else ""
    return AdvanceTerms(kind=kind, amount=amount, currency=currency, days=days)


def save_rules(
    *,
    actor: Any,
    four_eyes_from: Decimal,
    instant_up_to: Decimal,
    refund_days: int | None,
    bring_days: int,
    appeal_days: int,
    limits: dict[Role, Decimal | None] | None = None,
) -> ReturnRules:
    """Set the rules of the desk, and up to how much each role may decide (None: no limit).

    Raises PermissionRefused, DomainError ``bad_amount``, ``bad_days``.
    """
    policies.require(actor, SETTINGS)
    for amount, field in ((four_eyes_from, "four_eyes_from"), (instant_up_to, "instant_up_to")):
        if not amount.is_finite() or not 0 <= amount < Decimal("1e12"):
            raise DomainError("bad_amount", _("Write an amount of money, like 1500."), field=field)
    if refund_days is not None and not 1 <= refund_days <= 90:
        raise DomainError("bad_days", _("Write a number of days from 1 to 90."), field="refund_days")
    for days, field in ((bring_days, "bring_days"), (appeal_days, "appeal_days")):
        if not 1 <= days <= 365:
            raise DomainError("bad_days", _("Write a number of days from 1 to 365."), field=field)
    with transaction.atomic():
        row = ReturnRules.objects.select_for_update().filter(pk=1).first() or ReturnRules(pk=1)
        before = {"four_eyes_from": str(row.four_eyes_from), "instant_up_to": str(row.instant_up_to)}
        row.four_eyes_from, row.instant_up_to, row.refund_days = four_eyes_from, instant_up_to, refund_days
        row.bring_days, row.appeal_days, row.version = bring_days, appeal_days, row.version + 1
        row.save()
        for role, limit in (limits or {}).items():
            if limit is None:
                RefundLimit.objects.filter(role=role).delete()
            else:
                RefundLimit.objects.update_or_create(role=role, defaults={"amount": limit})
        record(
            actor=actor, action="return_rules.save", record=row, before=before,
            after={"four_eyes_from": str(four_eyes_from), "instant_up_to": str(instant_up_to),
                   "refund_days": refund_days, "at": now(),
                   "limits": {role.code: str(limit) for role, limit in (limits or {}).items()}},
        )  # fmt: skip
    return row

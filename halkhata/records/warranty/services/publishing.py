"""Policies are published in versions: a change makes the next one, and what was sold keeps its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import Actor, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound
from halkhata.foundation.core.free_codes import free_code
from halkhata.foundation.core.text import clean_text
from halkhata.records.warranty.models import PolicyCoupon, PolicyTerm, WarrantyPolicy
from halkhata.records.warranty.models.policies import MAX_MONTHS
from halkhata.records.warranty.policies import require

MOST_TERMS, MOST_COUPONS, MOST_DAYS, MOST_USAGE = 20, 24, 3650, 9_999_999


@dataclass(frozen=True, kw_only=True)
class Term:
    """What the new version says of one component."""

    component: str
    label_bn: str = ""
    label_en: str = ""
    months: int
    usage_limit: int | None = None
    parts: bool = True
    labour: bool = True
    visit: bool = False
    exchange: bool = False
    exclusions_bn: str = ""
    exclusions_en: str = ""


@dataclass(frozen=True, kw_only=True)
class Window:
    """The n-th free service of the new version: days after the sale, and usage where there is a meter."""

    from_days: int
    to_days: int
    from_usage: int | None = None
    to_usage: int | None = None


def publish_policy(
    *,
    actor: Actor | None,
    code: str = "",
    seen_version: int | None = None,
    terms: Sequence[Term],
    coupons: Sequence[Window] = (),
    **values: Any,
) -> WarrantyPolicy:
    """Publish the next version of ``code`` (empty: new terms). The one before stays for what was sold with it.

    ``values``: name_bn, name_en, kind, product, brand, product_kind, sold_as, start_rule, replacement, on_transfer,
    is_example, is_demo. ``seen_version`` is the version that was on the form. Raises PermissionRefused; DomainError
    ``no_name``, ``no_terms``, ``term_twice``, ``bad_months``, ``bad_window``; Conflict ``changed_meanwhile``.
    """
    require(actor, "warranty.settings")
    names = {name: clean_text(values.pop(name, ""), max_length=120) for name in ("name_bn", "name_en")}
    if not any(names.values()):
        raise DomainError("no_name", _("Write the name in at least one language."), field="name_bn")
    _check_terms(terms)
    _check_windows(coupons)
    with transaction.atomic():
        known = (
            WarrantyPolicy.objects.select_for_update().filter(code=code).order_by("-version").first() if code else None
        )
        if known is not None and seen_version is not None and known.version != seen_version:
            raise Conflict("changed_meanwhile", _("Somebody has changed these terms meanwhile. Please look again."))
        if known is not None:
            WarrantyPolicy.objects.filter(code=code, is_active=True).update(is_active=False)
        policy = WarrantyPolicy.objects.create(
            code=code or free_code(WarrantyPolicy, slugify(names["name_en"] or names["name_bn"])[:30] or "policy"),
            version=known.version + 1 if known else 1,
            published_at=now(),
            publisher_label=actor.audit_label[:150] if isinstance(actor, User) else "",
            **names,
            **values,
        )
        PolicyTerm.objects.bulk_create(
            PolicyTerm(
                policy=policy, component=term.component, label_bn=clean_text(term.label_bn, max_length=80),
                label_en=clean_text(term.label_en, max_length=80), covers_parts=term.parts, covers_labour=term.labour,
                covers_visit=term.visit, covers_exchange=term.exchange, months=term.months,
                usage_limit=term.usage_limit, position=place,
                exclusions_bn=clean_text(term.exclusions_bn, multiline=True, max_length=2000),
                exclusions_en=clean_text(term.exclusions_en, multiline=True, max_length=2000),
            )
            for place, term in enumerate(terms, start=1)
        )  # fmt: skip
        PolicyCoupon.objects.bulk_create(
            PolicyCoupon(
                policy=policy, number=number, from_days=one.from_days, to_days=one.to_days, from_usage=one.from_usage,
                to_usage=one.to_usage,
            )
            for number, one in enumerate(coupons, start=1)
        )  # fmt: skip
        record(
            actor=actor, action="policy.publish", record=policy,
            before={"version": known.version} if known else None,
            after={"code": policy.code, "version": policy.version, "months": [term.months for term in terms]},
        )  # fmt: skip
    return policy


def rest_policy(*, actor: Actor | None, code: str) -> WarrantyPolicy:
    """Take the terms out of use: nothing new is sold with them. Raises NotFound ``no_such_policy``."""
    require(actor, "warranty.settings")
    with transaction.atomic():
        policy = WarrantyPolicy.objects.select_for_update().filter(code=code, is_active=True).first()
        if policy is None:
            raise NotFound("no_such_policy", _("There are no such terms in use."))
        policy.is_active = False
        policy.save(update_fields=["is_active"])
        record(actor=actor, action="policy.rest", record=policy, after={"is_active": False})
    return policy


def _check_terms(terms: Sequence[Term]) -> None:
    if not terms or len(terms) > MOST_TERMS:
        raise DomainError("no_terms", _("Write for at least one component how long it is covered."), field="terms")
    seen: set[str] = set()
    for term in terms:
        if term.component in seen:
            raise DomainError("term_twice", _("One component stands there twice."), field="terms")
        seen.add(term.component)
        if not 1 <= term.months <= MAX_MONTHS:
            raise DomainError("bad_months", _("Months lie between 1 and 600."), field="terms")
        if term.usage_limit is not None and not 1 <= term.usage_limit <= MOST_USAGE:
            raise DomainError("bad_usage", _("The limit of use must be a number above 0."), field="terms")
        if not clean_text(term.label_bn) and not clean_text(term.label_en):
            raise DomainError("no_label", _("Write what the component is called."), field="terms")
        if not (term.parts or term.labour or term.visit or term.exchange):
            raise DomainError("covers_nothing", _("Tick what is covered: parts, labour, visit or exchange."),
                              field="terms")  # fmt: skip


def _check_windows(coupons: Sequence[Window]) -> None:
    if len(coupons) > MOST_COUPONS:
        raise DomainError("bad_window", _("There can be 24 free services at most."), field="coupons")
    for one in coupons:
        days = 0 <= one.from_days < one.to_days <= MOST_DAYS
        usage = one.to_usage is None or (one.from_usage or 0) < one.to_usage <= MOST_USAGE
        if not days or not usage:
            raise DomainError("bad_window", _("A free service must end after it begins."), field="coupons")

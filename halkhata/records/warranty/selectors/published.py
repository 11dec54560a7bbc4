"""The terms in force, for everybody to read (US-26: public warranty terms with their version and day)."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from halkhata.records.warranty.choices import OnTransfer, StartRule
from halkhata.records.warranty.models import PolicyTerm, WarrantyPolicy
from halkhata.records.warranty.selectors.policies import narrowness
from halkhata.records.warranty.words import covered, length, usage


@dataclass(frozen=True, slots=True)
class PublishedTerm:
    """One component: how long, how much use, what of a repair is free, what is not covered."""

    label: str
    length: str
    usage: str
    covered: str
    exclusions: str


@dataclass(frozen=True, slots=True)
class PublishedTerms:
    """One version that is in force. ``holds_for``: the products it is for, in words; "" for everything."""

    policy: WarrantyPolicy
    holds_for: str
    terms: tuple[PublishedTerm, ...]
    free_services: int
    starts_later: bool
    ends_on_transfer: bool


def published_terms() -> list[PublishedTerms]:
    """Every version in use, what comes with a product first, then the widest match last. Three queries."""
    rows = WarrantyPolicy.objects.filter(is_active=True).select_related(
        "product__brand", "product__kind", "brand", "product_kind"
    )
    found = sorted(rows.prefetch_related("terms", "coupons"), key=lambda row: (row.kind, -narrowness(row), row.name))
    return [_published(row) for row in found]


def _published(policy: WarrantyPolicy) -> PublishedTerms:
    kind = policy.product.kind if policy.product is not None else policy.product_kind
    unit = kind.usage_unit if kind is not None else ""
    names = [str(one) for one in (policy.brand, policy.product_kind) if one is not None]
    return PublishedTerms(
        policy=policy,
        holds_for=policy.product.full_name if policy.product is not None else " ".join(names),
        terms=tuple(_term(term, unit) for term in policy.terms.all()),
        free_services=len(policy.coupons.all()),
        starts_later=policy.start_rule != StartRule.INVOICE,
        ends_on_transfer=policy.on_transfer == OnTransfer.END,
    )


def _term(term: PolicyTerm, usage_unit: str) -> PublishedTerm:
    known = usage(term.usage_limit, usage_unit)
    return PublishedTerm(
        label=term.label,
        length=length(term.months),
        usage=_("or %(use)s, whichever comes first") % {"use": known} if known else "",
        covered=covered(
            parts=term.covers_parts, labour=term.covers_labour, visit=term.covers_visit, exchange=term.covers_exchange
        ),
        exclusions=term.exclusions,
    )

"""The customers that somebody sees, as rows of a table: read in order of their ids, in steps, never all at once."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.phones import format_phone
from halkhata.records.catalog.days import day_of
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import Address, Customer
from halkhata.records.customers.privacy import DOTS, mask_email, mask_phone, may_see_private

STEP = 1_000


def customer_headings() -> Sequence[Any]:
    """Headings that the import knows again: what went out comes in as it was."""
    return [
        _("Number in Halkhata"), _("Name in Bengali"), _("Name in English"), _("Title"), _("Phone"), _("E-mail"),
        _("Address: house, road, village"), _("Landmark"), _("Upazila or thana"), _("District"), _("Post code"),
        _("Organization"), _("Role there"), _("Language"), _("Branch"), _("Note"), _("Tags"), _("Written down on"),
    ]  # fmt: skip


def customer_rows(user: Any, filters: dict[str, Any], shows_private: bool = True) -> Iterator[Sequence[Any]]:
    """Cells of each customer that ``user`` sees; private ones masked for who may not see them, and for everybody unless
    ``shows_private``.

    ``filters``: "branch" and "organization" (ids), "language".
    """
    sees = shows_private and may_see_private(user)
    rows = Customer.objects.visible_to(user) if isinstance(user, User) else Customer.objects.all()
    rows = rows.filter(merged_into__isnull=True)
    for name in ("branch", "organization"):
        if filters.get(name):
            rows = rows.filter(**{f"{name}_id": int(filters[name])})
    if filters.get("language"):
        rows = rows.filter(language=filters["language"])
    rows = rows.select_related("organization", "branch").prefetch_related(
        "contact_points", Prefetch("addresses", Address.objects.order_by("id")), "tag_uses__tag"
    )
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:STEP]):
        for customer in batch:
            yield _cells(customer, sees)
        last = batch[-1].pk


def _cells(customer: Customer, sees: bool) -> list[Any]:
    home = next(iter(customer.addresses.all()), None)
    return [
        customer.pk, customer.name_bn, customer.name_en, customer.honorific,
        "; ".join(_phones(customer, sees)), "; ".join(_emails(customer, sees)),
        *((home.line, home.landmark, home.upazila) if home and sees else (DOTS * 3 if home else "", "", "")),
        home.district if home else "", home.post_code if home and sees else "",
        customer.organization.name if customer.organization else "", customer.organization_role,
        customer.language, customer.branch.name if customer.branch else "",
        customer.note if sees else "",
        "; ".join(sorted(use.tag.name for use in customer.tag_uses.all())), day_of(customer.created_at).isoformat(),
    ]  # fmt: skip


def _phones(customer: Customer, sees: bool) -> Iterator[str]:
    for point in customer.contact_points.all():
        if point.kind == ContactKind.PHONE:
            # "01712-345678": a dash keeps a spreadsheet from eating the zero.
            shown = format_phone(point.value) if sees else mask_phone(point.value)
            yield f"{shown} ({point.label})" if point.label and sees else shown


def _emails(customer: Customer, sees: bool) -> Iterator[str]:
    for point in customer.contact_points.all():
        if point.kind == ContactKind.EMAIL:
            yield point.value if sees else mask_email(point.value)

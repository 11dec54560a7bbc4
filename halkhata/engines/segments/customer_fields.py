"""What segments may ask of the customer's own record, of the shop's own fields and of tags."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from halkhata.engines.segments.parts import (
    codes_of,
    column_between,
    column_filled,
    column_one_of,
    column_text,
    range_on,
    rows_hold,
    rows_one_of,
    rows_text,
)
from halkhata.engines.segments.registry import Asking, SegmentField
from halkhata.foundation.accounts.choices import Language
from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.core.bengali_order import by_label
from halkhata.foundation.fields.kinds import folded
from halkhata.foundation.fields.selectors.schema import CustomField, schema_of
from halkhata.records.customers.choices import ContactKind, Honorific, PreferredChannel
from halkhata.records.customers.country_packs import DISTRICT, pack_of
from halkhata.records.customers.models import Address, ContactPoint, CustomerTag, CustomerValue

CUSTOMER, OWN = _("Customer"), _("Fields of your own")
HOME = "BD"


def fixed_fields() -> list[SegmentField]:
    """The fields that every shop has."""
    return [
        SegmentField(
            code="language", label=_("Language"), group=CUSTOMER, kind="choice", order=10,
            choices=lambda: Language.choices, one_of=column_one_of("language"), holds=column_filled("language"),
        ),
        SegmentField(
            code="branch", label=_("Branch"), group=CUSTOMER, kind="choice", order=11, choices=_branches,
            one_of=lambda _asking, codes: Q(branch_id__in=codes_of(codes)),
            holds=column_filled("branch", nullable=True),
        ),
        SegmentField(
            code="honorific", label=_("Title"), group=CUSTOMER, kind="choice", order=12,
            choices=lambda: [one for one in Honorific.choices if one[0]], one_of=column_one_of("honorific"),
            holds=column_filled("honorific"),
        ),
        SegmentField(
            code="preferred_channel", label=_("Preferred channel"), group=CUSTOMER, kind="choice", order=13,
            choices=lambda: PreferredChannel.choices, one_of=column_one_of("preferred_channel"),
            holds=column_filled("preferred_channel"),
        ),
        SegmentField(
            code="since", label=_("Customer since"), group=CUSTOMER, kind="date", order=14,
            between=column_between("created_at", instant=True),
        ),
        SegmentField(
            code="changed", label=_("Last change"), group=CUSTOMER, kind="date", order=15,
            between=column_between("updated_at", instant=True),
        ),
        SegmentField(
            code="organization", label=_("Works for an organization"), group=CUSTOMER, kind="yes_no", order=16,
            holds=column_filled("organization", nullable=True),
        ),
        SegmentField(
            code="role_there", label=_("Role there"), group=CUSTOMER, kind="text", order=17,
            text=column_text("organization_role"), holds=column_filled("organization_role"),
        ),
        SegmentField(
            code="has_phone", label=_("Has a phone number that works"), group=CUSTOMER, kind="yes_no", order=18,
            holds=rows_hold(lambda: _reachable(ContactKind.PHONE), "customer_id"),
        ),
        SegmentField(
            code="has_email", label=_("Has an e-mail address that works"), group=CUSTOMER, kind="yes_no", order=19,
            holds=rows_hold(lambda: _reachable(ContactKind.EMAIL), "customer_id"),
        ),
        SegmentField(
            code="district", label=_("District"), group=CUSTOMER, kind="choice", order=20, choices=_districts,
            one_of=rows_one_of(Address.objects.all, "customer_id", "district_code"),
            holds=rows_hold(lambda: Address.objects.exclude(district=""), "customer_id"),
        ),
        SegmentField(
            code="upazila", label=_("Upazila or thana"), group=CUSTOMER, kind="text", order=21,
            text=rows_text(Address.objects.all, "customer_id", "upazila"),
            holds=rows_hold(lambda: Address.objects.exclude(upazila=""), "customer_id"),
        ),
    ]  # fmt: skip


def own_fields() -> Iterable[SegmentField]:
    """Tags, and the fields that this shop has set up."""
    schema = schema_of("customer")
    tags = [(str(tag.pk), tag.name) for tag in schema.tags if tag.is_active]
    if tags:
        yield SegmentField(
            code="tags", label=_("Tags"), group=CUSTOMER, kind="several", order=30, choices=lambda: tags,
            one_of=lambda asking, codes: asking.has(
                CustomerTag.objects.filter(tag_id__in=codes_of(codes)), "record_id"
            ),
            holds=rows_hold(CustomerTag.objects.all, "record_id"),
        )  # fmt: skip
    for one in schema.active:
        if one.kind != "long_text":
            yield _own_field(one)


def _own_field(one: CustomField) -> SegmentField:
    def rows() -> "QuerySet[Any]":
        return CustomerValue.objects.filter(field_id=one.pk)

    def between(asking: Asking, low: Any, high: Any) -> Q:
        column = "number" if one.kind == "number" else "date"
        return asking.has(rows().filter(range_on(column, low, high)), "record_id")

    def one_of(asking: Asking, codes: Sequence[str]) -> Q:
        return asking.has(rows().filter(folded__in=list(codes)), "record_id")

    def text(asking: Asking, op: str, wanted: str) -> Q:
        if one.kind == "phone":
            return asking.has(rows().filter(folded=wanted), "record_id")
        key = folded(wanted)
        lookup = {"is": "folded", "contains": "folded__contains", "starts_with": "folded__startswith"}[op]
        return asking.has(rows().filter(**{lookup: key, "folded__isnull": False}), "record_id")

    def holds(asking: Asking) -> Q:
        found = rows().filter(truth=True) if one.kind == "yes_no" else rows()
        return asking.has(found, "record_id")

    options = [(option.code, option.name) for option in one.options]
    return SegmentField(
        code=f"own:{one.code}", label=one.label, group=OWN, kind=one.kind, order=40, choices=lambda: options,
        between=between if one.kind in ("number", "date") else None,
        one_of=one_of if one.kind in ("choice", "several") else None,
        text=text if one.kind in ("text", "phone") else None,
        holds=holds, is_private=one.is_private or one.kind == "phone",
    )  # fmt: skip


def _reachable(kind: str) -> "QuerySet[ContactPoint]":
    return ContactPoint.objects.filter(kind=kind, is_reachable=True, customer__isnull=False)


def _branches() -> list[tuple[str, str]]:
    return [(str(branch.pk), branch.name) for branch in Branch.objects.filter(is_active=True).order_by("path")]


def _districts() -> list[tuple[str, str]]:
    pack = pack_of(HOME)
    if pack is None:
        return []
    language = (get_language() or "en").split("-")[0]
    return by_label((place.code, place.name(language)) for place in pack.under("", DISTRICT))

"""Customers as a target of the shop's own fields, rules and tags (foundation/fields, A56.13)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.choices import Language
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.personal_data import PersonalData, register_personal_data
from halkhata.foundation.fields.cards import card_of
from halkhata.foundation.fields.registry import BuiltInField, FieldTarget, field_targets
from halkhata.records.customers.choices import ContactKind, Honorific, PreferredChannel
from halkhata.records.customers.events import CustomerChanged
from halkhata.records.customers.models import Customer
from halkhata.records.customers.models_fields import CustomerTag, CustomerValue
from halkhata.records.customers.policies import can_edit_customers
from halkhata.records.customers.privacy import may_see_private
from halkhata.records.customers.registry import CustomerLink, CustomerPanel, customer_links, customer_panels
from halkhata.records.customers.services.activities import record_activity
from halkhata.records.customers.services.locking import lock_customer
from halkhata.records.customers.services.papers import index_papers

TARGET = "customer"
_ADDRESS = ("line", "landmark", "upazila", "district", "post_code")

BUILT_IN: Sequence[BuiltInField] = (
    BuiltInField(code="name_bn", label=_("Name in Bengali")),
    BuiltInField(code="name_en", label=_("Name in English")),
    BuiltInField(code="phone", label=_("Phone"), kind="phone", in_layout=False),
    BuiltInField(code="email", label=_("E-mail"), in_layout=False),
    BuiltInField(
        code="honorific", label=_("Title"), kind="choice", choices=lambda: [c for c in Honorific.choices if c[0]]
    ),
    BuiltInField(
        code="language", label=_("Language"), kind="choice", choices=lambda: Language.choices, in_layout=False
    ),
    BuiltInField(
        code="preferred_channel", label=_("Preferred channel"), kind="choice", choices=lambda: PreferredChannel.choices
    ),
    BuiltInField(code="preferred_hours", label=_("Preferred hours")),
    BuiltInField(code="organization_name", label=_("Organization")),
    BuiltInField(code="organization_role", label=_("Role there")),
    BuiltInField(code="line", label=_("House, road, village")),
    BuiltInField(code="landmark", label=_("Landmark")),
    BuiltInField(code="upazila", label=_("Upazila or thana")),
    BuiltInField(code="district", label=_("District")),
    BuiltInField(code="post_code", label=_("Post code")),
    BuiltInField(code="note", label=_("Note"), kind="long_text"),
)


def read_built_in(customer: Customer) -> dict[str, Any]:
    """The customer's own fields as rules see them; what is empty is None."""
    points = list(customer.contact_points.all())
    address = next(iter(customer.addresses.all()), None)
    plain = ("name_bn", "name_en", "honorific", "language", "preferred_channel", "preferred_hours", "organization_role")
    found: dict[str, Any] = {name: getattr(customer, name) for name in (*plain, "note")}
    found["organization_name"] = str(customer.organization or "")
    for kind, name in ((ContactKind.PHONE, "phone"), (ContactKind.EMAIL, "email")):
        found[name] = next((point.value for point in points if point.kind == kind), None)
    for name in _ADDRESS:
        found[name] = getattr(address, name) if address else None
    return {name: value or None for name, value in found.items()}


def tell_of_change(*, actor: Any, record: Customer, codes: Sequence[str]) -> None:
    """A new version, a line in the timeline, an event: what every change of a customer brings."""
    named = tuple("tags" if code == "tags" else f"custom.{code}" for code in codes)
    record.version += 1
    record.updated_at = now()
    record.save(update_fields=["version", "updated_at"])
    index_papers([record.pk])
    record_activity(customer=record, verb="customer.changed", data={"fields": list(named)}, actor=actor)
    publish(CustomerChanged(customer_id=record.pk, fields=named))


def _held(actor: Any, pk: int) -> Customer:
    return lock_customer(actor=actor, pk=pk)


def fields_panel(user: Any, customer: Customer) -> dict[str, Any]:
    """The card of the 360 page."""
    url = reverse("customers:fields", args=[customer.pk]) if can_edit_customers(user) else ""
    return {**card_of(user, TARGET, customer), "edit_url": url}


def checked_input(customer: Customer | None, cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """The built-in values as they will be once a form with ``cleaned`` is saved."""
    held = read_built_in(customer) if customer is not None else {}
    known = {one.code for one in BUILT_IN}
    return {**held, **{name: value or None for name, value in cleaned.items() if name in known}}


def register() -> None:
    """Tell the registries: target, panel, links for merging, personal data."""
    field_targets.register(
        TARGET,
        FieldTarget(
            label=_("Customers"),
            record_label=_("Customer"),
            values=CustomerValue,
            tag_uses=CustomerTag,
            records=Customer.objects.visible_to,
            lock=_held,
            may_edit=can_edit_customers,
            see_private=may_see_private,
            built_in=BUILT_IN,
            read=read_built_in,
            url=lambda customer: reverse("customers:detail", args=[customer.pk]),
            changed=tell_of_change,
            view_permission="customer.view",
            edit_permission="customer.edit",
            order=10,
            has_doubles=True,
        ),
    )
    customer_panels.register(
        "fields", CustomerPanel(order=20, template="fields/card.html", context=fields_panel, column="side")
    )
    for model, kind in (("customers.CustomerValue", "content"), ("customers.CustomerTag", "content")):
        customer_links.register(
            model,
            CustomerLink(model_label=model, field="record", on_merge="move", personal_data=kind),  # type: ignore[arg-type]
        )
    register_personal_data(
        PersonalData(
            model_label="customers.CustomerValue", paths=("record",), on_erasure="delete", order=800,
            label=_("Fields of the shop's own"),
        ),
        PersonalData(
            model_label="customers.CustomerTag", paths=("record",), on_erasure="delete", order=800, label=_("Tags")
        ),
    )  # fmt: skip

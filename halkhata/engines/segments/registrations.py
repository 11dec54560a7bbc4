"""What the segments give to the house's registries. Called once, from AppConfig.ready()."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.engines.segments import promises
from halkhata.engines.segments.customer_fields import fixed_fields, own_fields
from halkhata.engines.segments.models import Segment
from halkhata.engines.segments.registry import segment_field_sources, segment_fields
from halkhata.engines.segments.selectors.segments import segments_of
from halkhata.engines.segments.unit_fields import unit_fields
from halkhata.foundation.core.personal_data import PersonalData, register_personal_data
from halkhata.foundation.core.registry import DemoClearer, NavItem, demo_clearers, navigation
from halkhata.records.customers.models import Customer
from halkhata.records.customers.registry import CustomerLink, CustomerPanel, customer_links, customer_panels


def register_all() -> None:
    """Navigation, fields, the card of the 360 page, links for merging, personal data."""
    navigation.register(
        "segments",
        NavItem(
            label=_("Segments"), url_name="segments:list", icon="filter", section="records", order=30,
            permission="report.view",
        ),
    )  # fmt: skip
    demo_clearers.register("segments", DemoClearer(order=10, clear=clear_demo))
    for field in (*fixed_fields(), *unit_fields()):
        segment_fields.register(field.code, field)
    segment_field_sources.register("customer.own", own_fields)
    promises.register()
    customer_panels.register(
        "segments",
        CustomerPanel(
            order=80, template="segments/panel.html", context=segments_panel, column="side", permission="report.view",
            later=True,
        ),
    )  # fmt: skip
    for model in ("segments.SegmentMember", "segments.SegmentDoubt"):
        customer_links.register(
            model, CustomerLink(model_label=model, field="customer", on_merge="rebuild", personal_data="none")
        )
        register_personal_data(
            PersonalData(
                model_label=model, paths=("customer",), on_erasure="delete", order=800, label=_("Segments"),
                hidden=frozenset({"generation"}) if model == "segments.SegmentMember" else frozenset(),
            )
        )  # fmt: skip


def segments_panel(user: Any, customer: Customer) -> dict[str, Any]:
    """The segments that the customer is in: one statement."""
    return {"segments": segments_of(customer)}


def clear_demo() -> int:
    """The segments that invented people made."""
    return Segment.objects.filter(created_by__is_demo=True).delete()[0]

"""What merging gives to the registries. Called once, from AppConfig.ready()."""

from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from halkhata.records.customers.merging.own_values import own_merge_fields
from halkhata.records.customers.merging.panel import merging_panel
from halkhata.records.customers.merging.places import address_text, give_address_back, take_address
from halkhata.records.customers.registry import (
    CustomerLink,
    CustomerPanel,
    MergeField,
    customer_links,
    customer_panels,
    merge_field_sources,
    merge_fields,
    timeline_sentences,
)


def register_merging() -> None:
    """Links of the merge's own tables, the address as a line of the choice, a panel, sentences of the timeline."""
    for name, link in {
        # Who was merged into whom is remembered by both, whatever becomes of them.
        "customers.CustomerMerge.merged": CustomerLink(
            model_label="customers.CustomerMerge", field="merged", on_merge="keep", personal_data="identity"
        ),
        "customers.CustomerMerge.survivor": CustomerLink(
            model_label="customers.CustomerMerge", field="survivor", on_merge="keep", personal_data="identity"
        ),
        "customers.DuplicatePair.first": CustomerLink(
            model_label="customers.DuplicatePair", field="first", on_merge="rebuild", personal_data="none"
        ),
        "customers.DuplicatePair.second": CustomerLink(
            model_label="customers.DuplicatePair", field="second", on_merge="rebuild", personal_data="none"
        ),
    }.items():
        customer_links.register(name, link)
    merge_fields.register(
        "address",
        MergeField(label=_("Address"), read=address_text, take=take_address, give_back=give_address_back, order=10),
    )
    merge_field_sources.register("own", own_merge_fields)
    customer_panels.register(
        "merging",
        CustomerPanel(
            order=90, template="customers/merging/panel.html", context=merging_panel, column="side", later=True
        ),
    )
    timeline_sentences.register("customer.merged", _merged)
    timeline_sentences.register("customer.unmerged", _unmerged)


def _merged(data: dict[str, Any]) -> Any:
    return format_lazy(_("{name} was merged into this customer"), name=data.get("name", ""))


def _unmerged(data: dict[str, Any]) -> Any:
    return format_lazy(_("The merge with {name} was undone"), name=data.get("name", ""))

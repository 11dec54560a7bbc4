"""Where the customer book keeps what it knows about people (foundation/core/personal_data.py)."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.personal_data import (
    PersonalData,
    PersonalTrace,
    erasure_steps,
    register_personal_data,
    register_personal_traces,
)


def register() -> None:
    """Tell the registry."""
    register_personal_data(
        PersonalData(
            model_label="customers.Customer", paths=("pk",), on_erasure="blank", order=900, label=_("Customer"),
            blank={
                "name_bn": "", "name_en": "", "honorific": "", "preferred_channel": "", "preferred_hours": "",
                "organization": None, "organization_role": "", "note": "",
            },
            why_kept=_("A row without a name: tickets and accounts hang on its number."),
        ),
        PersonalData(
            model_label="customers.ContactPoint", paths=("customer",), on_erasure="delete", order=800,
            label=_("Phone numbers and addresses"),
        ),
        PersonalData(
            model_label="customers.Address", paths=("customer",), on_erasure="delete", order=800, label=_("Address")
        ),
        PersonalData(
            model_label="customers.Activity", paths=("customer",), on_erasure="delete", order=800, label=_("Timeline")
        ),
        PersonalData(
            model_label="customers.SearchKey", paths=("customer",), on_erasure="delete", order=800,
            hidden=frozenset({"key"}), label=_("Search index"),
        ),
        PersonalData(
            model_label="customers.SearchText", paths=("customer",), on_erasure="delete", order=800,
            hidden=frozenset({"text"}), label=_("Search index"),
        ),
        PersonalData(
            model_label="customers.HouseholdMember", paths=("customer",), on_erasure="delete", order=800,
            label=_("Household"),
        ),
        PersonalData(
            model_label="customers.ExternalId", paths=("customer",), on_erasure="delete", order=800,
            label=_("Numbers in other systems"),
        ),
        PersonalData(
            model_label="customers.CustomerAlias", paths=("customer",), on_erasure="delete", order=800,
            label=_("Former names and numbers"),
        ),
        PersonalData(
            model_label="customers.MergedRows", paths=("merge__merged", "merge__survivor"), on_erasure="delete",
            order=700, hidden=frozenset({"ids"}), label=_("Merges"),
        ),
        PersonalData(
            model_label="customers.CustomerMerge", paths=("merged", "survivor"), on_erasure="delete", order=710,
            hidden=frozenset({"columns", "first_ones", "kept"}), label=_("Merges"),
        ),
        PersonalData(
            model_label="customers.DuplicatePair", paths=("first", "second"), on_erasure="delete", order=700,
            hidden=frozenset({"reasons"}), label=_("Possible duplicates"),
        ),
    )  # fmt: skip
    # Nobody's rows, in whose words somebody may be named all the same.
    register_personal_traces(
        PersonalTrace(model_label="customers.Organization", columns=("note",)),
        PersonalTrace(model_label="customers.Household", columns=("name",)),
    )
    erasure_steps.register("customers.household", households_without_people)


def households_without_people(ids: Collection[int], needles: Collection[Any]) -> int:
    """A household's name is often its head's: one whose last member goes has no name any more. Returns how many."""
    from halkhata.records.customers.models_identity import Household

    theirs = Household.objects.filter(members__customer_id__in=list(ids)).exclude(name="").values("pk")
    others = Household.objects.filter(pk__in=theirs, members__isnull=False).exclude(members__customer_id__in=list(ids))
    rows = Household.objects.filter(pk__in=theirs).exclude(pk__in=others.values("pk"))
    return rows.update(name="")

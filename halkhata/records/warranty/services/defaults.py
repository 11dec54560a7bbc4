"""Terms a new shop starts with."""

from collections.abc import Mapping
from typing import Any

from halkhata.foundation.audit.trail import SYSTEM
from halkhata.records.catalog.models import ProductKind
from halkhata.records.warranty.example_terms import example_terms
from halkhata.records.warranty.models import WarrantyPolicy, WarrantySettings
from halkhata.records.warranty.services.publishing import Term, Window, publish_policy


def create_example_policies(*, is_demo: bool = False) -> list[WarrantyPolicy]:
    """Examples for every kind of the shop that has none; marked as such until the shop publishes its own."""
    made = []
    for kind in ProductKind.objects.filter(is_active=True):
        example = example_terms().get(kind.code)
        code = f"example-{kind.code}"[:40]
        if example is None or WarrantyPolicy.objects.filter(code=code).exists():
            continue
        made.append(
            publish_policy(
                actor=SYSTEM, code=code, name_bn=example["name_bn"], name_en=example["name_en"],
                start_rule=example.get("start_rule", "invoice"), replacement=example.get("replacement", "inherit"),
                product_kind=kind, is_example=True, is_demo=is_demo,
                terms=[Term(**term) for term in example["terms"]],
                coupons=[Window(**window) for window in example["coupons"]],
            )
        )  # fmt: skip
    return made


def prepare_warranty(installation: Any, branch: Any, answers: Mapping[str, Any]) -> None:
    """Step of set-up: the shop's row and the examples of its trade."""
    WarrantySettings.objects.get_or_create(pk=1)
    create_example_policies()

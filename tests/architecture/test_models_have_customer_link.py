"""Whatever points at a customer says what becomes of it when two customers are merged, and whether it is personal."""

import pytest
from django.apps import apps

pytestmark = pytest.mark.one_database


def _pointing_at_customer() -> set[tuple[str, str]]:
    customer = apps.get_model("customers", "Customer")
    return {
        (model._meta.label_lower, field.name)
        for model in apps.get_models(include_auto_created=True)
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]
        if field.is_relation and field.related_model is customer and not model._meta.auto_created
    }


def test_every_model_that_points_at_a_customer_is_registered():
    from halkhata.records.customers.registry import customer_links

    registered = {(link.model_label.lower(), link.field) for link in customer_links}
    pointing = _pointing_at_customer()
    assert ("work.workitem", "customer") in pointing
    assert pointing - registered == set(), "register these in customer_links"
    assert registered - pointing == set(), "these are registered but do not exist"

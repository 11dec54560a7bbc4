"""Every table that points at a customer says what becomes of it (architecture.md, 2)."""

from django.apps import apps

from halkhata.records.customers.models import Customer
from halkhata.records.customers.registry import customer_links


def pointing_at_customer(models) -> set[tuple[str, str]]:
    return {
        (model._meta.label, field.name)
        for model in models
        for field in model._meta.get_fields()
        if field.concrete and field.related_model is Customer and field.model is model
    }


def test_own_tables_that_point_at_a_customer_are_registered():
    registered = {(link.model_label, link.field) for link in customer_links}
    own = pointing_at_customer(apps.get_app_config("customers").get_models())
    assert ("customers.ExternalId", "customer") in own
    assert own <= registered


def test_no_link_is_registered_that_does_not_exist():
    everywhere = pointing_at_customer(apps.get_models())
    assert {(link.model_label, link.field) for link in customer_links} <= everywhere


def test_every_table_of_the_house_that_points_at_a_customer_is_registered():
    registered = {(link.model_label, link.field) for link in customer_links}
    assert pointing_at_customer(apps.get_models()) - registered == set()

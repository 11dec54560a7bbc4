"""What says that it moves when customers are merged can be moved, and moved back (ADR 0015)."""

from django.apps import apps
from django.db.migrations.loader import MigrationLoader

from halkhata.foundation.core.append_only import AppendOnly
from halkhata.records.customers.merging.rows import _unique_with, links_that_move
from halkhata.records.customers.registry import customer_traces


def test_no_link_that_moves_is_the_key_of_its_own_table():
    """A moved row is found again by its id: it must not be the customer's."""
    keys = {
        link.model_label
        for link in links_that_move()
        if apps.get_model(link.model_label)._meta.get_field(link.field).primary_key
    }
    assert keys == set()


def test_no_link_that_moves_stands_in_a_table_that_only_grows():
    loader = MigrationLoader(None, ignore_no_migrations=True)
    tables = {
        operation.table
        for migration in loader.disk_migrations.values()
        for operation in migration.operations
        if isinstance(operation, AppendOnly)
    }
    assert len(tables) > 1
    moving = {apps.get_model(link.model_label)._meta.db_table for link in links_that_move()}
    assert moving & tables == set()


def test_whatever_must_be_unique_beside_the_customer_is_understood():
    for link in links_that_move():
        _unique_with(apps.get_model(link.model_label), link.field)
    contact = _unique_with(apps.get_model("customers.ContactPoint"), "customer")
    assert (("kind", "value"), None) in contact


def test_traces_lead_from_links_that_move():
    moving = {(link.model_label, link.field) for link in links_that_move()}
    assert len(list(customer_traces)) >= 3
    assert {(trace.model_label, trace.field) for trace in customer_traces} <= moving

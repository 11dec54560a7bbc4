"""The walk can fail: a refusal that has written, a door that is open, and a digest that changed are all noticed."""

import pytest

from halkhata.foundation.core.errors import NotFound
from halkhata.records.customers.models import Customer
from tests.permissions import walk as the_walk
from tests.permissions.matrix import Row, rows
from tests.permissions.walk import digest, walk, walker, written_table


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("sql", "table"),
    [
        ('SELECT 1 FROM "a"', None),
        ('INSERT INTO "a" VALUES (1)', "a"),
        ('INSERT OR IGNORE INTO "a" VALUES (1)', "a"),
        ('UPDATE "a" SET b = 1', "a"),
        ('DELETE FROM "a" WHERE b', "a"),
        ('WITH x AS (SELECT 1) SELECT * FROM "a"', None),
        ('WITH x AS (DELETE FROM "a" RETURNING b) SELECT * FROM x', "?"),
        ("TRUNCATE a", "?"),
        ("SAVEPOINT s1", None),
        ('SELECT * FROM "a" FOR UPDATE', None),
    ],
)
def test_statements_that_write_are_known(sql, table):
    assert written_table(sql) == table


@pytest.mark.django_db
def test_digest_notices_one_letter(walked):
    before = digest()
    customer = walked.own["customer"]
    Customer.objects.filter(pk=customer.pk).update(note="a")
    assert digest() != before


@pytest.mark.django_db
def test_refusal_that_has_written_is_reported(walked, monkeypatch):
    from halkhata.records.customers.views import detail

    def careless(user, pk):
        Customer.objects.filter(pk=walked.own["customer"].pk).update(note="written before the refusal")
        raise NotFound("customer_not_found", "no")

    monkeypatch.setattr(detail, "customer_for", careless)
    somebody = walker("complaint_officer", walked)
    base = digest()
    wrong = walk(somebody, ["customers:detail"], base)
    assert "wrote to ['customers_customer']" in wrong["complaint_officer GET customers:detail absent wrote"]
    assert digest() == base


@pytest.mark.django_db
def test_door_that_is_open_to_another_role_is_reported(walked, monkeypatch):
    row = rows()["customers:list"]
    closed = Row(name=row.name, path=row.path, rights={"GET": "users.edit"})
    monkeypatch.setattr(the_walk, "rows", lambda: {**rows(), row.name: closed})
    somebody = walker("complaint_officer", walked)
    wrong = walk(somebody, ["customers:list"], digest())
    assert wrong["complaint_officer GET customers:list own"] == "answered, not refused"

"""Whom an import brings is in the segments that fit, and out of them when it is taken back (A54.3)."""

import pytest

from halkhata.engines.segments.models import Segment, SegmentMember
from halkhata.engines.segments.services.membership import build
from halkhata.engines.segments.services.segments import save_segment
from halkhata.foundation.core.outbox import run_until_quiet
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.customers import create_customer
from halkhata.records.imports.reading.sources import forget_reader
from halkhata.records.imports.services.beginning import begin_load, begin_undo, receive_file
from halkhata.records.imports.services.stepping import work_on

pytestmark = pytest.mark.django_db
LIST = "Name,Mobile,Language\nRahim,01100000101,English\nKarim,01100000102,Bengali\nSalma,01100000103,English\n"


@pytest.fixture
def english(shop):
    """Everybody who reads English; one is here already."""
    create_customer(actor=shop.owner, name_en="Here", phones=["01100000109"], language="en")
    found = save_segment(
        actor=shop.owner, name_en="English", conditions={"field": "language", "op": "is", "value": "en"}
    )
    build(found.pk)
    run_until_quiet()
    yield found
    forget_reader()


def finish(run):
    while work_on(run.pk, seconds=0.0):
        pass
    run.refresh_from_db()
    run_until_quiet()
    return run


def members(segment):
    return sorted(SegmentMember.objects.filter(segment=segment).values_list("customer__name_en", flat=True))


def test_imported_customers_are_members_at_once_and_no_more_after_the_undo(shop, english):
    run = receive_file(actor=shop.owner, target="customers", name="list.csv", chunks=[LIST.encode()])
    run = finish(begin_load(actor=shop.owner, run=run))
    assert run.counts == {"new": 3}
    assert members(english) == ["Here", "Rahim", "Salma"]
    assert Segment.objects.get(pk=english.pk).member_count == 3
    run = finish(begin_undo(actor=shop.owner, run=run))
    assert (run.counts["taken_back"], Customer.objects.count()) == (3, 1)
    assert members(english) == ["Here"]
    assert Segment.objects.get(pk=english.pk).member_count == 1

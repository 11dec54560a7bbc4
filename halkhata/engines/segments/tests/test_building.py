"""Building a segment anew and removing one: in pieces, beside others who do the same."""

import pytest
from django.urls import reverse

from halkhata.engines.segments.models import Segment, SegmentMember
from halkhata.engines.segments.services import membership
from halkhata.engines.segments.services.membership import build, remove
from halkhata.engines.segments.services.segments import delete_segment, save_segment
from halkhata.foundation.core.jobs.worker import run_until_quiet as run_jobs
from halkhata.records.customers.services.customers import create_customer

pytestmark = pytest.mark.django_db
EVERYBODY = {"any": [{"field": "language", "op": "filled"}]}


@pytest.fixture
def segment(shop, monkeypatch):
    """Five customers, found in pieces of two."""
    monkeypatch.setattr(membership, "CHUNK", 2)
    for number in range(5):
        create_customer(actor=shop.owner, name_en=f"P{number}", phones=[f"0110000030{number}"])
    return save_segment(actor=shop.owner, name_en="All", conditions=EVERYBODY)


def members(segment):
    return SegmentMember.objects.filter(segment=segment).count()


def overtaken(monkeypatch, segment):
    """While the first piece of a building is written, another building begins and ends."""
    write, began = membership._write_members, []

    def slowly(found, ids):
        if not began:
            began.append(True)
            assert build(segment.pk) == 5
        return write(found, ids)

    monkeypatch.setattr(membership, "_write_members", slowly)


def test_an_older_building_that_was_overtaken_touches_nothing(segment, monkeypatch):
    overtaken(monkeypatch, segment)
    assert build(segment.pk) == 0
    assert members(segment) == 5
    segment.refresh_from_db()
    assert (segment.state, segment.member_count, segment.generation) == ("ready", 5, 3)
    assert set(segment.members.values_list("generation", flat=True)) == {3}


def test_without_asking_for_the_generation_the_older_would_mark_members_as_its_own(segment, monkeypatch):
    """The twin with the guard off: the newer building's next sweep would take these for strangers."""
    from halkhata.engines.segments.models import SegmentQuerySet

    overtaken(monkeypatch, segment)
    monkeypatch.setattr(SegmentQuerySet, "exists", lambda self: True)
    build(segment.pk)
    assert set(segment.members.values_list("generation", flat=True)) == {2}


def test_a_removed_segment_is_gone_at_once_and_its_members_in_pieces(shop, segment, client_as):
    build(segment.pk)
    delete_segment(actor=shop.owner, segment=segment)
    assert client_as(shop.owner).get(reverse("segments:detail", args=[segment.pk])).status_code == 404
    assert members(segment) == 5
    remove(segment.pk)
    assert members(segment) == 0
    assert not Segment.objects.filter(pk=segment.pk).exists()


def test_removing_does_nothing_to_a_segment_that_is_in_use(segment):
    build(segment.pk)
    remove(segment.pk)
    assert members(segment) == 5


def test_a_page_of_conditions_becomes_members_by_the_worker(segment):
    run_jobs()
    segment.refresh_from_db()
    assert (segment.state, segment.member_count) == ("ready", 5)

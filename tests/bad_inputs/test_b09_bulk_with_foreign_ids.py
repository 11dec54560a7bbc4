"""B09: an action on many records with one foreign among them is refused whole."""

import pytest

from halkhata.engines.work.models import WorkItem


@pytest.mark.parametrize("first", ["own", "foreign"])
def test_bulk_assignment_with_a_foreign_item_changes_none(records, as_role, first):
    own, foreign = records.own["ticket"], records.foreign["ticket"]
    ids = [own.pk, foreign.pk] if first == "own" else [foreign.pk, own.pk]
    before = dict(WorkItem.objects.values_list("pk", "owner_id"))
    lead = records.people["team_lead"]
    answer = as_role("team_lead").post("/work/queue/assignment/", {"item": ids, "owner": lead.pk})
    assert answer.status_code in {302, 403, 404}
    assert dict(WorkItem.objects.values_list("pk", "owner_id")) == before


def test_bulk_assignment_of_own_items_works(records, as_role):
    """The twin: the same request without the foreign id does change something."""
    own, lead = records.own["ticket"], records.people["team_lead"]
    as_role("team_lead").post("/work/queue/assignment/", {"item": [own.pk], "owner": lead.pk})
    assert WorkItem.objects.get(pk=own.pk).owner_id == lead.pk


def test_work_is_given_to_nobody_out_of_reach(records, as_role):
    own, stranger = records.own["ticket"], records.foreign["clerk"]
    as_role("team_lead").post("/work/queue/assignment/", {"item": [own.pk], "owner": stranger.pk})
    assert WorkItem.objects.get(pk=own.pk).owner_id == records.own["clerk"].pk

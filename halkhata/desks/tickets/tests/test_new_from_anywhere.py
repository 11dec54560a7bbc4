"""The key "c" on any page: where it leads, and for whom; and ready-made answers when there are none."""

import pytest
from django.urls import reverse

from halkhata.desks.tickets.models import CannedReply
from halkhata.foundation.accounts.models import Role, User

pytestmark = pytest.mark.django_db

MARK = 'data-new="/tickets/new/"'


def test_navigation_names_the_page_of_a_new_ticket_to_whoever_may_open_one(desk, client):
    client.force_login(desk.agent)
    assert MARK in client.get("/work/queue/").content.decode()
    role = Role.objects.get(pk=desk.agent.role_id)
    role.permissions = [right for right in role.permissions if right != "ticket.create"]
    role.save(update_fields=["permissions"])
    page = client.get("/work/queue/")
    assert page.status_code == 200
    assert MARK not in page.content.decode()
    assert client.get("/tickets/new/").status_code == 403


@pytest.mark.parametrize(("typed", "word"), [("", "There are no ready-made answers yet."), ("zz", "fits these words")])
def test_without_ready_made_answers_the_list_says_whether_there_are_any(desk, client, ticket, typed, word):
    CannedReply.objects.all().delete()
    User.objects.filter(pk=desk.agent.pk).update(language="en")
    client.force_login(desk.agent)
    answer = client.get(reverse("tickets:canned", args=[ticket.number]), {"part": "1", "q": typed})
    assert word in answer.content.decode()

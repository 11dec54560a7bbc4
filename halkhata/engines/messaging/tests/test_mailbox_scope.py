"""Somebody whose role ends at a branch sees and changes only that branch's mailboxes."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from halkhata.engines.messaging.models import Mailbox
from halkhata.engines.messaging.policies import mailboxes_visible_to
from halkhata.engines.messaging.services.mailboxes import FIELDS, save_mailbox
from halkhata.engines.messaging.tests.mails import make_mailbox
from halkhata.foundation.accounts.models import Role, Team, User
from halkhata.foundation.accounts.services.branches import create_branch
from halkhata.foundation.core.errors import DomainError, NotFound
from tests.support.fixtures_shop import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(shop):
    """The shop's branch with one under it, and a sister branch; a mailbox each."""
    below = create_branch(actor=None, name_en="Below", parent=shop.branch)
    sister = create_branch(actor=None, name_en="Sister")
    rights = ["settings.edit", "customer.see_private"]
    role = Role.objects.create(code="keeper", name_en="Keeper", permissions=rights, scope="branch")
    make_mailbox(shop, name="Own", team=None)
    make_mailbox(shop, name="Below", address="below@shop.example.com", branch=below, team=None, is_default=False)
    make_mailbox(shop, name="Sister", address="sister@shop.example.com", branch=sister, team=None, is_default=False)
    return SimpleNamespace(
        below=below, sister=sister, role=role, keeper=make_user("keeper", branch=shop.branch, role=role), shop=shop,
        foreign=Team.objects.create(code="foreign", name_en="Foreign", branch=sister),
    )  # fmt: skip


def _keeper(house, scope: str) -> User:
    Role.objects.filter(pk=house.role.pk).update(scope=scope)
    return User.objects.select_related("role", "branch").get(pk=house.keeper.pk)


SEEN = {
    "own": {"Own"},
    "team": {"Own"},
    "branch": {"Own"},
    "subtree": {"Own", "Below"},
    "all": {"Own", "Below", "Sister"},
}


@pytest.mark.parametrize("scope", SEEN)
def test_scope_sees_and_opens_exactly_its_mailboxes(house, client_as, scope):
    keeper = _keeper(house, scope)
    assert {box.name for box in mailboxes_visible_to(keeper)} == SEEN[scope]
    client = client_as(keeper, "en")
    listed = client.get(reverse("messaging:mailboxes")).content.decode()
    for box in Mailbox.objects.all():
        seen = box.name in SEEN[scope]
        assert (box.address in listed) is seen
        assert client.get(reverse("messaging:mailbox", args=[box.pk])).status_code == (200 if seen else 404)
        assert client.post(reverse("messaging:mailbox", args=[box.pk]), {"name": ""}).status_code == (
            422 if seen else 404
        )
        assert client.post(reverse("messaging:mailbox_test", args=[box.pk])).status_code == (200 if seen else 404)


@pytest.mark.parametrize("scope", SEEN)
def test_form_offers_only_branches_and_departments_in_scope(house, client_as, scope):
    form = client_as(_keeper(house, scope), "en").get(reverse("messaging:mailbox_new")).context["form"]
    names = {"own": {"Own"}, "team": {"Own"}, "branch": {"Own"}}.get(scope, SEEN[scope])
    assert {box.name for box in Mailbox.objects.filter(branch__in=form.fields["branch"].queryset)} == names
    assert (house.foreign in form.fields["team"].queryset) is (scope == "all")
    assert form.fields["is_default"].disabled is (scope != "all")


def _values(box: Mailbox, **changes) -> dict:
    return {**{name: getattr(box, name) for name in FIELDS}, **changes}


def test_service_refuses_what_the_form_does_not_offer(house):
    keeper = _keeper(house, "subtree")
    own, sister = Mailbox.objects.get(name="Own"), Mailbox.objects.get(name="Sister")
    with pytest.raises(NotFound):
        save_mailbox(actor=keeper, mailbox=sister, values=_values(sister, name="Mine now"))
    for field, value in (("branch", house.sister), ("team", house.foreign)):
        with pytest.raises(DomainError) as refused:
            save_mailbox(actor=keeper, mailbox=own, values=_values(own, **{field: value}))
        assert (refused.value.code, refused.value.field) == ("out_of_reach", field)
    assert set(Mailbox.objects.values_list("name", flat=True)) == {"Own", "Below", "Sister"}


def test_default_of_the_whole_shop_is_not_a_branchs_to_change(house):
    """Neither takes it away nor gives it up; for somebody who looks after the whole shop both work."""
    keeper = _keeper(house, "subtree")
    own, below = Mailbox.objects.get(name="Own"), Mailbox.objects.get(name="Below")
    save_mailbox(actor=keeper, mailbox=below, values=_values(below, is_default=True))
    save_mailbox(actor=keeper, mailbox=own, values=_values(own, is_default=False))
    assert Mailbox.objects.get(is_default=True).name == "Own"
    save_mailbox(actor=house.shop.owner, mailbox=below, values=_values(below, is_default=True))
    assert Mailbox.objects.get(is_default=True).name == "Below"


def test_mailbox_trouble_of_a_foreign_branch_is_not_told_in_the_outbox(house, client_as):
    Mailbox.objects.update(last_send_code="timed_out")
    Role.objects.filter(pk=house.role.pk).update(permissions=["messaging.quarantine"])
    page = client_as(_keeper(house, "subtree"), "en").get(reverse("messaging:outbox")).content.decode()
    assert ("Own cannot send" in page, "Below cannot send" in page, "Sister cannot send" in page) == (True, True, False)
    assert "The server did not answer in time." in page


def test_address_that_a_foreign_mailbox_has_is_refused_in_words(house, client_as):
    values = {
        "name": "Copy", "address": "Sister@shop.example.com", "branch": house.shop.branch.pk, "opens_kind": "question",
        "imap_port": 993, "imap_security": "tls", "imap_folder": "INBOX", "smtp_port": 587, "smtp_security": "starttls",
    }  # fmt: skip
    response = client_as(_keeper(house, "branch"), "en").post(reverse("messaging:mailbox_new"), values)
    assert response.status_code == 422
    assert response.context["form"].errors["address"] == [
        "This address is set up in the shop already. Change the mailbox that is there, or take another address."
    ]

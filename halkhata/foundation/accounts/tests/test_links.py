"""One-time links and passwords by mail."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from halkhata.foundation.accounts.jobs import mail_password_link
from halkhata.foundation.accounts.models import AccessLink, AccessPolicy, User
from halkhata.foundation.accounts.services import reset_by_mail
from halkhata.foundation.accounts.services.links import find_link, make_link, make_mailed_link
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.clock import moved_to, now
from halkhata.foundation.core.errors import Conflict, NotFound, PermissionRefused
from halkhata.foundation.core.jobs.worker import run_until_quiet
from halkhata.foundation.core.models import Job
from halkhata.foundation.core.registry import StaffMailer, staff_mailers

NEW = "six other plain words"


def token_of(address: str) -> str:
    return re.search(r"/sign-in/link/([\w-]{43})/$", address).group(1)


@pytest.fixture
def letters(monkeypatch):
    """Mail that would have gone out: the real mailer's place is taken."""
    sent: list[dict] = []
    mailer = StaffMailer(can_send=lambda: True, send=lambda **mail: sent.append(mail))
    monkeypatch.setitem(staff_mailers._entries, "mail", mailer)
    return sent


def choose(client: Client, address: str, password: str = NEW):
    client.get(f"/sign-in/link/{token_of(address)}/")
    return client.post("/sign-in/new-password/", {"new_password": password, "repeated": password})


def test_link_chooses_a_password_once_and_ends_all_sessions(shop, client_as):
    inside = client_as(shop.agent)
    address = make_link(actor=shop.owner, user=shop.agent, purpose="password")
    assert AccessLink.objects.get().token_hash not in address
    client = Client()
    assert choose(client, address)["Location"] == "/sign-in/"
    assert "_auth_user_id" not in client.session
    assert inside.get("/me/").status_code == 302
    assert User.objects.get(pk=shop.agent.pk).check_password(NEW)
    assert choose(Client(), address, "yet another plain words").status_code == 404
    assert User.objects.get(pk=shop.agent.pk).check_password(NEW)
    assert AuditEntry.objects.get(action="staff.password").after == {"by": "link"}


def test_looking_at_a_link_changes_nothing_and_hides_the_token(shop):
    address = make_link(actor=shop.owner, user=shop.agent, purpose="password")
    client = Client()
    for _ in range(3):
        assert client.get(f"/sign-in/link/{token_of(address)}/")["Location"] == "/sign-in/new-password/"
    page = client.get("/sign-in/new-password/").content.decode()
    assert token_of(address) not in page
    assert AccessLink.objects.get().used_at is None


def test_weak_password_keeps_the_link_alive(shop):
    address = make_link(actor=shop.owner, user=shop.agent, purpose="password")
    client = Client()
    assert "new_password" in choose(client, address, "short").context["form"].errors
    assert choose(client, address)["Location"] == "/sign-in/"


def test_link_ends_after_a_day_when_a_newer_one_is_made_and_when_somebody_leaves(shop):
    first = token_of(make_link(actor=shop.owner, user=shop.agent, purpose="password"))
    second = token_of(make_link(actor=shop.owner, user=shop.agent, purpose="password"))
    with pytest.raises(NotFound):
        find_link(first)
    with moved_to(now() + timedelta(hours=23, minutes=59)):
        assert find_link(second).user == shop.agent
    with moved_to(now() + timedelta(hours=24, seconds=1)), pytest.raises(NotFound):
        find_link(second)
    User.objects.filter(pk=shop.agent.pk).update(is_active=False)
    with pytest.raises(NotFound):
        find_link(second)
    shop.agent.is_active = False
    with pytest.raises(Conflict):
        make_link(actor=shop.owner, user=shop.agent, purpose="password")


def test_link_for_one_purpose_opens_no_other(shop):
    address = make_link(actor=shop.owner, user=shop.agent, purpose="identity")
    assert choose(Client(), address).status_code == 404
    assert User.objects.get(pk=shop.agent.pk).check_password("nine plain words")


def test_link_for_somebody_above_is_refused(shop):
    shop.manager.role.permissions = [*shop.manager.role.permissions, "users.edit"]
    shop.manager.role.save()
    with pytest.raises(PermissionRefused):
        make_link(actor=shop.manager, user=shop.owner, purpose="password")
    with pytest.raises(PermissionRefused):
        make_link(actor=shop.agent, user=shop.agent2, purpose="password")


def test_page_shows_the_link_once_and_keeps_it_out_of_the_trail(shop, client_as):
    page = client_as(shop.owner).post(f"/settings/users/{shop.agent.pk}/link/", {"purpose": "password"})
    token = token_of(page.context["address"])
    assert token in page.content.decode()
    assert not any(token in f"{one.after}{one.note}" for one in AuditEntry.objects.all())


def test_link_is_built_from_the_configured_address_whatever_the_host_header_says(shop, settings):
    settings.BASE_URL = "https://book.example.com"
    assert make_link(actor=shop.owner, user=shop.agent, purpose="password").startswith("https://book.example.com/sign-")


@pytest.mark.parametrize("typed", ["rafi", "RAFI@example.com", "rafi@example.com"])
def test_mail_with_a_link_that_works_goes_to_whoever_it_is(shop, letters, typed):
    answer = Client().post("/sign-in/forgotten/", {"who": typed})
    assert answer.status_code == 200
    assert letters == []
    run_until_quiet()
    assert [letter["to"] for letter in letters] == ["rafi@example.com"]
    address = re.search(r"http\S+", letters[0]["text"]).group(0)
    assert choose(Client(), address)["Location"] == "/sign-in/"


def test_unknown_address_gets_the_same_answer_and_no_mail(shop, letters):
    def ask(who):
        page = Client().post("/sign-in/forgotten/", {"who": who})
        return page.status_code, re.sub(r'data-now="[^"]*"|value="[^"]{20,}"', "", page.content.decode())

    assert ask("rafi@example.com") == ask("nobody@example.com")
    run_until_quiet()
    assert len(letters) == 1


def test_at_most_three_mails_an_hour_and_none_with_a_secret_in_the_job(shop, letters):
    for _ in range(6):
        mail_password_link.enqueue("rafi")
    run_until_quiet()
    assert len(letters) == 3
    tokens = [token_of(re.search(r"http\S+", letter["text"]).group(0)) for letter in letters]
    kept = " ".join(f"{job.args} {job.kwargs} {job.result}" if hasattr(job, "result") else f"{job.args} {job.kwargs}"
                    for job in Job.objects.all())  # fmt: skip
    assert not any(token in kept for token in tokens)
    with moved_to(now() + timedelta(minutes=61)):
        assert make_mailed_link(user=shop.agent) is not None


def test_shared_address_and_somebody_who_left_get_no_mail(shop, letters):
    User.objects.filter(pk=shop.agent2.pk).update(email="rafi@example.com")
    assert reset_by_mail.mail_link_to("rafi@example.com") is False
    User.objects.filter(pk=shop.lead.pk).update(is_active=False)
    assert reset_by_mail.mail_link_to("lead@example.com") is False
    assert letters == []


def test_page_is_there_only_when_mail_can_go_out_and_is_wished(shop, letters):
    assert Client().get("/sign-in/forgotten/").status_code == 200
    assert "/sign-in/forgotten/" in Client().get("/sign-in/").content.decode()
    AccessPolicy.objects.create(pk=1, reset_by_mail=False)
    assert Client().get("/sign-in/forgotten/")["Location"] == "/sign-in/"


def test_without_outgoing_mail_the_page_is_not_offered(shop):
    assert "/sign-in/forgotten/" not in Client().get("/sign-in/").content.decode()
    assert Client().get("/sign-in/forgotten/")["Location"] == "/sign-in/"

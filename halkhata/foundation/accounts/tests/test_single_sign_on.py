"""Single sign-on against a real provider on this machine that signs with its own key, and lies when told to."""

import time
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client

from halkhata.foundation.accounts.models import Identity, OidcProvider, User
from halkhata.foundation.accounts.services.links import make_link
from halkhata.foundation.accounts.services.second_factor import begin_enrolment, confirm_enrolment
from halkhata.foundation.accounts.services.single_sign_on import client_secret_of, save_provider
from halkhata.foundation.accounts.services.staff import deactivate_staff
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.clock import moved_to, now
from halkhata.foundation.core.errors import DomainError
from tests.support.oidc_provider import OidcServer


@pytest.fixture
def server(settings) -> Iterator[OidcServer]:
    settings.OUTBOUND_ALLOW = ["127.0.0.1/32"]
    settings.BASE_URL = "http://testserver"
    found = OidcServer()
    yield found
    found.stop()


@pytest.fixture
def provider(shop, server) -> OidcProvider:
    return save_provider(
        actor=shop.owner, label="Padma ID", issuer=server.issuer, client_id=server.client_id,
        client_secret=server.client_secret, trusts_second_factor=False, is_active=True,
    )  # fmt: skip


def link(shop, server: OidcServer, user=None) -> Identity:
    return Identity.objects.create(
        user=user or shop.agent, issuer=server.issuer, subject=server.subject, linked_at=now()
    )


def through(client: Client, server: OidcServer, query: str = ""):
    """To the provider and back, as a browser goes."""
    away = client.get(f"/sign-in/with/{query}")
    assert away.status_code == 302, away.content.decode()[:500]
    return client.get(server.approve(away["Location"]).removeprefix("http://testserver"))


def test_linked_person_comes_in_under_a_new_session_key(shop, server, provider):
    link(shop, server)
    client = Client()
    client.get("/sign-in/with/?next=/customers/")
    key = client.session.session_key
    answer = through(client, server, "?next=/customers/")
    assert answer["Location"] == "/customers/"
    assert client.session["_auth_user_id"] == str(shop.agent.pk)
    assert client.session.session_key != key
    asked = server.asked[-1]
    assert (asked["code_challenge_method"], asked["scope"]) == ("S256", "openid profile email")
    assert Identity.objects.get().last_used_at is not None


def test_e_mail_of_somebody_here_opens_nothing(shop, server, provider):
    server.subject, server.email = "stranger", "rafi@example.com"
    answer = through(Client(), server)
    assert answer.status_code == 403
    assert User.objects.count() == 5
    assert Identity.objects.count() == 0


@pytest.mark.parametrize(
    "lies",
    [
        {"key": "other"}, {"alg": "none"}, {"alg": "HS256"}, {"iss": "https://evil.example.com"}, {"aud": "another"},
        {"aud": ["halkhata", "another"]}, {"aud": ["halkhata", "another"], "azp": "another"}, {"aud": None},
        {"exp": 1_700_000_000}, {"exp": None}, {"nonce": "replayed"}, {"nonce": None}, {"sub": None},
        {"sub": ""}, {"sub": 7}, {"iat": None}, {"sub": "x" * 256},
    ],
    ids=str,
)  # fmt: skip
def test_token_that_cannot_be_believed_opens_nothing(shop, server, provider, lies):
    link(shop, server)
    server.lies = lies
    client = Client()
    answer = through(client, server)
    assert answer.status_code == 403
    assert "_auth_user_id" not in client.session
    server.lies = {}
    assert through(client, server).status_code == 302


def test_state_of_another_browser_or_used_twice_or_old_is_refused(shop, server, provider):
    link(shop, server)
    victim, attacker = Client(), Client()
    back = server.approve(attacker.get("/sign-in/with/")["Location"]).removeprefix("http://testserver")
    assert victim.get(back).status_code == 403
    victim.get("/sign-in/with/")
    assert victim.get(back).status_code == 403
    assert attacker.get(back).status_code == 302
    attacker.post("/sign-out/")
    assert attacker.get(back).status_code == 403
    slow = Client()
    late = server.approve(slow.get("/sign-in/with/")["Location"]).removeprefix("http://testserver")
    with moved_to(now() + timedelta(minutes=11)):
        assert slow.get(late).status_code == 403


def test_answer_that_names_another_issuer_is_refused(shop, server, provider):
    link(shop, server)
    client = Client()
    back = server.approve(client.get("/sign-in/with/")["Location"]).removeprefix("http://testserver")
    assert client.get(f"{back}&iss=https://evil.example.com").status_code == 403


def test_new_signing_key_is_fetched_when_the_old_ones_fit_no_more(shop, server, provider):
    link(shop, server)
    assert through(Client(), server).status_code == 302
    server.key = server.other_key
    assert through(Client(), server).status_code == 302


def test_switched_off_person_is_refused(shop, server, provider):
    link(shop, server)
    deactivate_staff(actor=shop.owner, user=shop.agent)
    client = Client()
    assert through(client, server).status_code == 403
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(("trusts", "following"), [(False, "/sign-in/code/"), (True, "/")])
def test_second_step_follows_the_choice_of_the_house(shop, server, provider, trusts, following):
    import pyotp

    link(shop, server)
    key = begin_enrolment(actor=shop.agent, issuer="Padma").key
    confirm_enrolment(actor=shop.agent, code=pyotp.TOTP(key).at(now()))
    OidcProvider.objects.update(trusts_second_factor=trusts)
    assert through(Client(), server)["Location"] == following


def test_linking_needs_a_sign_in_and_a_fresh_password(shop, server, provider, client_as):
    assert Client().get("/sign-in/with/?for=link")["Location"] == "/sign-in/"
    client = client_as(shop.agent)
    with moved_to(now() + timedelta(minutes=11)):
        assert client.get("/sign-in/with/?for=link")["Location"].startswith("/me/confirm/")
    assert through(client, server, "?for=link")["Location"] == "/me/"
    assert Identity.objects.get().user == shop.agent
    assert AuditEntry.objects.get(action="identity.link").after["subject"] == "person-1"
    client.post(f"/me/identities/{Identity.objects.get().pk}/remove/")
    assert Identity.objects.count() == 0


def test_identity_of_one_account_cannot_be_linked_to_another(shop, server, provider, client_as):
    link(shop, server, shop.agent2)
    assert through(client_as(shop.agent), server, "?for=link").status_code == 403
    assert Identity.objects.get().user == shop.agent2


def test_link_begun_by_one_person_is_not_finished_by_another(shop, server, provider, client_as):
    client = client_as(shop.agent)
    away = client.get("/sign-in/with/?for=link")
    kept = client.session["hk_oidc"]
    client.force_login(shop.agent2, backend="halkhata.foundation.accounts.backends.UsernameOrPhoneBackend")
    session = client.session
    session["hk_oidc"] = kept
    session.save()
    client.get(server.approve(away["Location"]).removeprefix("http://testserver"))
    assert Identity.objects.count() == 0


def test_invitation_links_once(shop, server, provider):
    address = make_link(actor=shop.owner, user=shop.agent, purpose="identity")
    client = Client()
    assert client.get(address.removeprefix("http://testserver"))["Location"] == "/sign-in/invited/"
    page = client.get("/sign-in/invited/").content.decode()
    assert "/sign-in/with/?for=invitation" in page
    assert through(client, server, "?for=invitation")["Location"] == "/"
    assert client.session["_auth_user_id"] == str(shop.agent.pk)
    assert Client().get(address.removeprefix("http://testserver")).status_code == 404
    assert through(Client(), server, "?for=invitation").status_code == 403


def test_confirmation_through_the_provider_needs_a_fresh_sign_in_there(shop, server, provider, client_as):
    link(shop, server)
    client = client_as(shop.agent)
    server.lies = {"auth_time": int(time.time()) - 7200}
    assert through(client, server, "?for=confirm&next=/me/two-factor/new/").status_code == 403
    server.lies = {}
    assert through(client, server, "?for=confirm&next=/me/two-factor/new/")["Location"] == "/me/two-factor/new/"
    assert parse_qs(urlsplit(client.get("/sign-in/with/?for=confirm")["Location"]).query)["prompt"] == ["login"]


def test_secret_is_sealed_and_goes_to_no_other_host(shop, server, provider, client_as):
    assert server.client_secret not in OidcProvider.objects.get().client_secret
    assert client_secret_of(provider) == server.client_secret
    assert server.client_secret not in client_as(shop.owner).get("/settings/single-sign-on/").content.decode()
    assert server.client_secret not in "".join(f"{one.before}{one.after}" for one in AuditEntry.objects.all())
    with pytest.raises(DomainError, match="secret_again"):
        save_provider(
            actor=shop.owner, label="Padma ID", issuer="https://evil.example.com", client_id="x", client_secret="",
            trusts_second_factor=False, is_active=False,
        )  # fmt: skip


def test_description_under_another_name_and_inside_addresses_are_refused(shop, server, provider, settings, client_as):
    form = {"label": "X", "issuer": server.issuer, "client_id": "x", "client_secret": "y", "is_active": "on"}
    client = client_as(shop.owner)
    server.lies = {"issuer": "https://evil.example.com"}
    assert "issuer" in client.post("/settings/single-sign-on/", form).context["form"].errors
    server.lies = {}
    settings.OUTBOUND_ALLOW = []
    assert "issuer" in client.post("/settings/single-sign-on/", form).context["form"].errors
    assert OidcProvider.objects.get().label == "Padma ID"


def test_dead_provider_is_said_in_words_and_password_still_works(shop, server, provider):
    server.stop()
    cache.clear()
    client = Client()
    assert client.get("/sign-in/with/").status_code == 403
    assert client.post("/sign-in/", {"username": "rafi", "password": "nine plain words"}).status_code == 302


def test_only_whoever_runs_the_install_may_set_it_up(shop, client_as, server):
    shop.manager.role.permissions = [*shop.manager.role.permissions, "users.edit"]
    shop.manager.role.save()
    assert client_as(shop.manager).get("/settings/single-sign-on/").status_code == 403
    assert client_as(shop.agent).get("/settings/single-sign-on/").status_code == 403

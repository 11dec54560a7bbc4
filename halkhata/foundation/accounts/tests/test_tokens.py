"""The life of an API key."""

import hashlib
from datetime import timedelta

import pytest

from halkhata.foundation.accounts.models import ApiToken, User
from halkhata.foundation.accounts.services.tokens import authenticate_token, create_token, revoke_token, token_may
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError, PermissionRefused


def test_key_is_kept_as_hash_and_opens_until_revoked(shop):
    token, raw = create_token(actor=shop.agent, name="till", scopes=["ticket.view"])
    stored = ApiToken.objects.get()
    assert stored.token_hash == hashlib.sha256(raw.encode()).hexdigest()
    assert raw not in str(ApiToken.objects.values().get())
    assert raw.startswith(stored.hint)
    assert stored.last_used_at is None
    found = authenticate_token(raw)
    assert found is not None
    assert found.user == shop.agent
    assert ApiToken.objects.get().last_used_at is not None
    revoke_token(actor=shop.agent, token=token)
    assert authenticate_token(raw) is None


@pytest.mark.parametrize("raw", [None, "", "hk_", "hk_wrong", "x" * 10_000, "\ud800"])
def test_unknown_keys_open_nothing(shop, raw):
    create_token(actor=shop.agent, name="till", scopes=["ticket.view"])
    assert authenticate_token(raw) is None


def test_expired_key_and_key_of_somebody_who_left_open_nothing(shop):
    token, raw = create_token(actor=shop.agent, name="a", scopes=["ticket.view"], expires_at=now() + timedelta(days=1))
    assert authenticate_token(raw) is not None
    ApiToken.objects.filter(pk=token.pk).update(expires_at=now())
    assert authenticate_token(raw) is None
    _token, second = create_token(actor=shop.agent, name="b", scopes=["ticket.view"])
    User.objects.filter(pk=shop.agent.pk).update(is_active=False)
    assert authenticate_token(second) is None


def test_key_does_no_more_than_its_scopes_and_its_user(shop):
    token, _raw = create_token(actor=shop.agent, name="till", scopes=["ticket.view"])
    assert token_may(token, "ticket.view")
    assert not token_may(token, "ticket.create")
    shop.agent.role.permissions = ["customer.view"]
    assert not token_may(token, "ticket.view")


def test_key_beyond_the_own_rights_is_refused(shop):
    with pytest.raises(PermissionRefused):
        create_token(actor=shop.agent, name="till", scopes=["users.edit"])
    for values in (
        {"name": " ", "scopes": ["ticket.view"]},
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["ticket.view"], "expires_at": now() - timedelta(seconds=1)},
    ):
        with pytest.raises(DomainError):
            create_token(actor=shop.agent, **values)
    assert ApiToken.objects.count() == 0


def test_foreign_key_cannot_be_revoked_or_seen(shop, client_as):
    token, raw = create_token(actor=shop.owner, name="secret till", scopes=["ticket.view"])
    client = client_as(shop.agent)
    assert "secret till" not in client.get("/settings/tokens/").content.decode()
    assert client.post(f"/settings/tokens/{token.pk}/revoke/").status_code == 404
    assert authenticate_token(raw) is not None


def test_page_shows_a_new_key_once(shop, client_as):
    client = client_as(shop.agent)
    page = client.post("/settings/tokens/", {"name": "till", "life": "30", "scopes": ["ticket.view"]})
    raw = page.context["raw"]
    assert raw in page.content.decode()
    assert authenticate_token(raw) is not None
    assert raw not in client.get("/settings/tokens/").content.decode()

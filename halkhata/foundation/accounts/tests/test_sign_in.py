"""Signing in: names, phones, lock-out, temporary passwords, leaving."""

import pytest
from django.test import Client

from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.services.staff import create_staff, deactivate_staff, reactivate_staff, reset_password
from halkhata.foundation.audit.models import AuditEntry

PASSWORD = "nine plain words"


def _try(client: Client, name: str, password: str = PASSWORD, **extra):
    return client.post("/sign-in/", {"username": name, "password": password, **extra})


@pytest.mark.parametrize("typed", ["rafi", "RAFI", "  rafi ", "01100000042", "+880 1100-000042", "০১১০০০০০০৪২"])
def test_user_name_or_phone_in_any_spelling_signs_in(shop, typed):
    User.objects.filter(pk=shop.agent.pk).update(phone_e164="+8801100000042")
    client = Client()
    response = _try(client, typed)
    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(shop.agent.pk)
    assert AuditEntry.objects.get(action="user.sign_in").actor_id == shop.agent.pk


def test_sign_in_leads_back_but_never_to_another_site(shop):
    assert _try(Client(), "rafi", next="/customers/")["Location"] == "/customers/"
    assert _try(Client(), "rafi", next="https://evil.example.com/")["Location"] == "/"


def test_page_before_sign_in_comes_in_the_chosen_language(shop):
    client = Client()
    assert 'lang="bn"' in client.get("/sign-in/").content.decode()
    client.post("/language/", {"language": "en", "next": "/sign-in/"})
    assert '<html lang="en"' in client.get("/sign-in/").content.decode()


def test_language_switch_is_kept_in_the_account(shop, client_as):
    client = client_as(shop.agent, language="en")
    client.post("/language/", {"language": "bn", "next": "/me/"})
    shop.agent.refresh_from_db()
    assert shop.agent.language == "bn"
    client.post("/language/", {"language": "xx", "next": "/me/"})
    shop.agent.refresh_from_db()
    assert shop.agent.language == "bn"


def test_ten_wrong_passwords_in_any_spelling_lock_the_account(shop):
    User.objects.filter(pk=shop.agent.pk).update(phone_e164="+8801100000042")
    client = Client()
    spellings = ["rafi", "01100000042", "+8801100000042", "RAFI", "8801100000042"]
    answers = [_try(client, spellings[number % 5], "wrong wrong wrong").status_code for number in range(10)]
    assert answers[:9] == [200] * 9
    assert answers[9] == 429
    locked = _try(client, "rafi")
    assert locked.status_code == 429
    assert "accounts/locked.html" in [template.name for template in locked.templates]
    assert "_auth_user_id" not in client.session
    assert _try(client, "mitu").status_code == 302


def test_sign_out_needs_a_post(shop, client_as):
    client = client_as(shop.agent)
    assert client.get("/sign-out/").status_code == 405
    assert "_auth_user_id" in client.session
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert "_auth_user_id" not in client.session


def test_temporary_password_opens_only_the_page_that_changes_it(shop):
    user, password = create_staff(actor=shop.owner, username="newcomer", role=shop.agent.role, branch=shop.branch)
    client = Client()
    assert _try(client, "newcomer", password).status_code == 302
    assert client.get("/customers/")["Location"] == "/me/password/"
    assert client.get("/me/password/").status_code == 200
    new = "my very own new words"
    client.post("/me/password/", {"old_password": password, "new_password": new, "repeated": new})
    assert client.get("/me/").status_code == 200
    user.refresh_from_db()
    assert user.check_password(new)
    assert not user.must_change_password


def test_own_password_needs_the_old_one_and_ends_other_sessions(shop, client_as):
    one, other = client_as(shop.agent), client_as(shop.agent)
    new = "my very own new words"
    wrong = one.post("/me/password/", {"old_password": "not this one at all", "new_password": new, "repeated": new})
    assert "old_password" in wrong.context["form"].errors
    one.post("/me/password/", {"old_password": PASSWORD, "new_password": new, "repeated": new})
    assert one.get("/me/").status_code == 200
    assert other.get("/me/").status_code == 302


def test_reset_password_signs_out_everywhere(shop, client_as):
    client = client_as(shop.agent)
    assert client.get("/me/").status_code == 200
    password = reset_password(actor=shop.owner, user=shop.agent)
    assert client.get("/me/")["Location"].startswith("/sign-in/")
    assert _try(Client(), "rafi", password).status_code == 302
    assert _try(Client(), "rafi").status_code == 200


def test_deactivated_person_is_out_at_once_and_old_sessions_stay_dead(shop, client_as):
    client = client_as(shop.agent)
    deactivate_staff(actor=shop.owner, user=shop.agent)
    assert client.get("/me/")["Location"].startswith("/sign-in/")
    assert _try(Client(), "rafi").status_code == 200
    reactivate_staff(actor=shop.owner, user=shop.agent)
    assert client.get("/me/")["Location"].startswith("/sign-in/")
    assert _try(Client(), "rafi").status_code == 302

"""A stored password is sent only to the server and for the user it was typed for (B44)."""

import pytest
from django.urls import reverse

from halkhata.engines.messaging.keys import unseal
from halkhata.engines.messaging.models import Mailbox
from halkhata.engines.messaging.services.mailboxes import FIELDS, save_mailbox, try_reading, try_sending
from halkhata.engines.messaging.services.passwords import PasswordElsewhere, password_for
from halkhata.engines.messaging.tests.mails import make_mailbox
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.errors import DomainError

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(shop) -> Mailbox:
    return make_mailbox(
        shop, imap_host="mail.shop.example.com", imap_username="shop", imap_password="incoming secret",
        smtp_host="mail.shop.example.com", smtp_port=587, smtp_security="starttls", smtp_username="shop",
        smtp_password="outgoing secret",
    )  # fmt: skip


def _values(box: Mailbox, **changes) -> dict:
    return {**{name: getattr(box, name) for name in FIELDS}, "imap_password": "", "smtp_password": "", **changes}


def _posted(box: Mailbox, **changes) -> dict:
    values = _values(box, **changes)
    values |= {name: getattr(values[name], "pk", "") for name in ("branch", "team")}
    return {name: value for name, value in values.items() if value is not False}


CHANGES = [
    ("imap_password", {"imap_host": "mail.elsewhere.example.com"}),
    ("imap_password", {"imap_port": 143}),
    ("imap_password", {"imap_security": "none"}),
    ("imap_password", {"imap_username": "other"}),
    ("smtp_password", {"smtp_host": "mail.elsewhere.example.com"}),
    ("smtp_password", {"smtp_port": 25}),
    ("smtp_password", {"smtp_security": "none"}),
    ("smtp_password", {"smtp_username": "other"}),
]


@pytest.mark.parametrize(("field", "change"), CHANGES)
def test_changed_server_without_the_password_is_an_error_and_nothing_is_saved(shop, box, field, change):
    before = Mailbox.objects.values().get()
    with pytest.raises(DomainError) as refused:
        save_mailbox(actor=shop.owner, mailbox=box, values=_values(box, name="New name", **change))
    assert (refused.value.code, refused.value.field) == ("password_again", field)
    assert Mailbox.objects.values().get() == before
    assert not AuditEntry.objects.filter(action="mailbox.update").exists()


@pytest.mark.parametrize(("field", "change"), CHANGES)
def test_changed_server_with_the_password_is_saved(shop, box, field, change):
    saved = save_mailbox(actor=shop.owner, mailbox=box, values=_values(box, **change, **{field: "typed again"}))
    side = field.partition("_")[0]
    assert password_for(saved, side) == "typed again"
    other = "smtp" if side == "imap" else "imap"
    assert password_for(saved, other) == ("outgoing secret" if other == "smtp" else "incoming secret")


def test_form_names_each_password_that_is_missing(shop, box, client_as):
    changes = {"imap_host": "mail.elsewhere.example.com", "smtp_host": "mail.elsewhere.example.com"}
    url = reverse("messaging:mailbox", args=[box.pk])
    response = client_as(shop.owner, "en").post(url, _posted(box, **changes))
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"imap_password", "smtp_password"}
    assert response.content.decode().count("Type the password again") == 2
    assert Mailbox.objects.get().imap_host == "mail.shop.example.com"


def test_other_changes_keep_the_passwords(shop, box):
    changes = {"name": "Service", "imap_folder": "Shop", "imap_host": "MAIL.shop.example.com"}
    saved = save_mailbox(actor=shop.owner, mailbox=box, values=_values(box, **changes))
    assert (password_for(saved, "imap"), password_for(saved, "smtp")) == ("incoming secret", "outgoing secret")


def test_taking_a_server_away_forgets_its_password(shop, box):
    saved = save_mailbox(actor=shop.owner, mailbox=box, values=_values(box, imap_host=""))
    assert (saved.imap_password, saved.imap_password_place) == ("", "")
    assert password_for(saved, "smtp") == "outgoing secret"


def test_password_is_never_sent_to_a_server_it_was_not_stored_for(box, monkeypatch):
    """Whatever road changed the row, the trial, reading and sending ask one rule, before anything is connected to."""
    from halkhata.engines.messaging.services import imap, smtp

    def no_connection(*_arguments):
        raise AssertionError("connected although the password belongs elsewhere")

    monkeypatch.setattr(imap, "open_connection", no_connection)
    monkeypatch.setattr(smtp, "open_connection", no_connection)
    Mailbox.objects.update(imap_host="evil.example.com", smtp_host="evil.example.com")
    moved = Mailbox.objects.get()
    assert unseal(moved.imap_password) == "incoming secret"
    for side in ("imap", "smtp"):
        with pytest.raises(PasswordElsewhere):
            password_for(moved, side)
    assert (try_reading(moved).code, try_sending(moved).code) == ("password_again", "password_again")
    result = smtp.deliver(moved, recipients=["karim@example.com"], data=b"x")
    assert (result.verdict, result.error) == ("channel_down", "password_again")
    moved.refresh_from_db()
    assert (moved.last_fetch_code, moved.last_send_code) == ("password_again", "password_again")


def test_trial_page_says_that_the_password_must_be_typed_again(shop, box, client_as):
    Mailbox.objects.update(imap_host="evil.example.com", smtp_host="evil.example.com")
    page = client_as(shop.owner, "en").post(reverse("messaging:mailbox_test", args=[box.pk])).content.decode()
    assert page.count("The password was typed for another server or user name.") == 2


def test_rows_of_before_get_the_place_their_password_was_used_for(box):
    from importlib import import_module

    from django.apps import apps

    places = (box.imap_password_place, box.smtp_password_place)
    Mailbox.objects.update(imap_password_place="", smtp_password_place="")
    import_module("halkhata.engines.messaging.migrations.0004_fill_places_and_codes").fill(apps, None)
    filled = Mailbox.objects.get()
    assert (filled.imap_password_place, filled.smtp_password_place) == places
    assert password_for(filled, "imap") == "incoming secret"

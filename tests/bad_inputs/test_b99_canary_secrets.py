"""B99: a canary in every secret; every page, the API, the audit trail, the jobs and the log are read for it."""

import logging

from django.apps import apps
from django.db import connection
from django.test import Client

from halkhata.desks.feedback.models import SurveyInvitation
from halkhata.engines.messaging.models import Mailbox
from halkhata.engines.messaging.services.passwords import store_password
from halkhata.foundation.accounts.models import ApiToken, OidcProvider, SecondFactor
from halkhata.foundation.accounts.services.second_factor import begin_enrolment
from halkhata.foundation.core.secret_box import seal
from halkhata.oversight.webhooks.models import WebhookEndpoint
from tests.permissions.walk import walker

PASSWORD, MAIL, HOOK, PROVIDER = "canary-pass-word-9f", "canary-mail-9f", "canary-hook-9f", "canary-oidc-9f"


def plant(records):
    """Secrets in every place that keeps one. Returns the words that must be found nowhere."""
    owner = records.people["owner"]
    owner.set_password(PASSWORD)
    owner.save(update_fields=["password"])
    for box in Mailbox.objects.all():
        for side in ("imap", "smtp"):
            store_password(box, side, MAIL)
        box.save()
    WebhookEndpoint.objects.update(secret=seal(HOOK, purpose="halkhata.webhooks"))
    OidcProvider.objects.update_or_create(
        pk=1, defaults={"label": "x", "issuer": "https://id.example.com", "client_id": "x",
                        "client_secret": seal(PROVIDER, purpose="halkhata.accounts.oidc"), "is_active": False},
    )  # fmt: skip
    return [PASSWORD, MAIL, HOOK, PROVIDER, *records.keys.values(), records.kinds["survey link"].own[0],
            records.kinds["sign-in link"].own[0]]  # fmt: skip


def found_in(text, canaries):
    return sorted({canary[:12] for canary in canaries if canary in text})


def test_no_secret_is_seen_on_any_page_in_the_api_in_a_row_or_in_the_log(records, every_page, caplog, settings):
    canaries = plant(records)
    caplog.set_level(logging.DEBUG)
    one = walker("owner", records)
    wrong = {}
    for name, path in every_page.items():
        if name in {"accounts:link", "portal:survey"}:
            continue  # the secret is the address: the page repeats its own
        answer = one.client.get(path)
        text = "" if answer.streaming else answer.content.decode("utf-8", "replace")
        if found := found_in(text, canaries):
            wrong[name] = found
    for path in (
        "/webhooks",
        "/staff",
        "/tickets",
        "/customers",
        f"/webhooks/{records.own['endpoint'].pk}",
        "/files/1",
    ):
        if found := found_in(one.key_client.get(f"/api/v1{path}").content.decode(), canaries):
            wrong[path] = found
    # Errors tell nothing either.
    Client().post("/sign-in/", {"username": records.people["owner"].username, "password": PASSWORD + "x"})
    one.key_client.post("/api/v1/tickets", "{", content_type="application/json")
    one.client.post(f"/messages/settings/mailboxes/{records.own['mailbox'].pk}/test/")
    assert wrong == {}
    assert found_in(caplog.text, canaries) == []
    log = settings.DATA_DIR / "halkhata.log"
    assert found_in(log.read_text() if log.is_file() else "", canaries) == []
    assert rows_with(canaries) == []


def rows_with(canaries):
    """Tables in which a secret stands readable: rows of the trail, jobs, events and all others."""
    wrong = []
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            cursor.execute(f'SELECT * FROM "{table}"')
            text = repr(cursor.fetchall())
            wrong += [(table, canary) for canary in found_in(text, canaries)]
    return wrong


def test_reading_of_the_rows_finds_a_secret_in_the_clear(records):
    """The twin: where a secret does stand readable, it is found."""
    plant(records)
    records.own["customer"].note = PASSWORD
    records.own["customer"].save(update_fields=["note"])
    assert rows_with([PASSWORD]) == [("customers_customer", PASSWORD[:12])]


def test_secrets_that_must_be_read_back_are_sealed_and_the_others_hashed(records):
    begin_enrolment(actor=records.people["cashier"], issuer="Padma")
    plant(records)
    sealed = [
        *SecondFactor.objects.values_list("secret", flat=True),
        *Mailbox.objects.values_list("imap_password", flat=True),
    ]
    assert sealed
    assert all(len(value) > 60 for value in sealed)
    for model, field in ((ApiToken, "token_hash"), (SurveyInvitation, "token_hash")):
        assert {len(value) for value in model.objects.values_list(field, flat=True)} == {64}

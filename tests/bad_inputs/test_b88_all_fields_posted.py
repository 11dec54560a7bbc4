"""B88: each form gets, besides its own fields, every field of its record: only its own change (mass assignment)."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.db import models, transaction
from django.urls import reverse

from tests.permissions.matrix import rows
from tests.permissions.records import ABSENT

# What moves by itself when something is saved, and so may differ.
MOVING = {"version", "updated_at", "last_update_at", "last_activity_at", "last_login", "password"}
# Filled by the page itself from a field of the form with another name.
FOLLOWS = {
    "messaging.Mailbox": {"imap_password_place", "smtp_password_place"},
    "accounts.User": {"phone_e164"},
}
EDITED = {
    "customers:edit": "customer", "customers:organization_edit": "organization", "accounts:user_edit": "person",
    "accounts:role_edit": "role", "accounts:branch_edit": "branch", "accounts:team_edit": "team",
    "work:calendar_edit": "calendar", "work:policy_edit": "promise", "work:rule_edit": "escalation rule",
    "work:checklist_edit": "checklist template", "messaging:mailbox": "mailbox", "messaging:template": "text",
    "tickets:category_edit": "category", "webhooks:endpoint": "webhook",
}  # fmt: skip


def model_of(kind, records):
    from halkhata.desks.tickets import models as tickets
    from halkhata.engines.messaging import models as messaging
    from halkhata.engines.work import models as work
    from halkhata.foundation.accounts import models as accounts
    from halkhata.oversight.webhooks import models as webhooks
    from halkhata.records.customers import models as customers

    return {
        "customer": customers.Customer, "organization": customers.Organization, "person": accounts.User,
        "role": accounts.Role, "branch": accounts.Branch, "team": accounts.Team, "calendar": work.BusinessCalendar,
        "promise": work.SlaPolicy, "escalation rule": work.EscalationRule,
        "checklist template": work.ChecklistTemplate, "mailbox": messaging.Mailbox, "text": messaging.Template,
        "category": tickets.Category, "webhook": webhooks.WebhookEndpoint,
    }[kind]  # fmt: skip


def form_values(page):
    """What a browser would send from the page's largest form, unchanged."""
    soup = BeautifulSoup(page, "html.parser")
    forms = [form for form in soup.find_all("form") if form.get("method", "").lower() == "post"]
    form = max(forms, key=lambda one: len(one.find_all(["input", "select", "textarea"])))
    values: dict[str, list[str]] = {}
    for field in form.find_all(["input", "select", "textarea"]):
        name, kind = field.get("name"), field.get("type", "")
        if not name or kind in {"submit", "button", "file"}:
            continue
        if field.name == "select":
            chosen = [one.get("value", "") for one in field.find_all("option", selected=True)]
            values.setdefault(name, []).extend(chosen or ([] if field.has_attr("multiple") else [""]))
        elif kind in {"checkbox", "radio"}:
            values.setdefault(name, [])
            if field.has_attr("checked"):
                values[name].append(field.get("value", "on"))
        else:
            values.setdefault(name, []).append(
                field.get("value", "") if field.name == "input" else field.text.strip("\n")
            )
    return values


def other_value(field, record):
    """Something else than the record has now."""
    now = getattr(record, field.attname)
    if isinstance(field, models.BooleanField):
        return "" if now else "on"
    if isinstance(field, models.ForeignKey):
        return str(ABSENT)
    if isinstance(field, models.DateTimeField):
        return "2001-02-03T04:05"
    if isinstance(field, models.DateField):
        return datetime.date(2001, 2, 3).isoformat()
    if isinstance(field, models.IntegerField):
        return "7" if now != 7 else "8"
    return '["x"]' if isinstance(field, models.JSONField) else "tampered"


def state(record):
    return {field.attname: getattr(record, field.attname) for field in record._meta.concrete_fields}


@pytest.mark.parametrize("name", EDITED)
def test_form_changes_its_own_fields_only(records, as_role, name):
    client = as_role("owner")
    kind = EDITED[name]
    model = model_of(kind, records)
    args = records.kinds[kind].own_of(records.people["owner"])
    path = reverse(name, args=args)
    assert "POST" in rows()[name].rights
    values = form_values(client.get(path).content)
    assert values
    record = model._base_manager.get(pk=args[0])
    before = state(record)
    alien = {
        field.name: other_value(field, record)
        for field in model._meta.concrete_fields
        if not ({field.name, field.attname} & set(values))
    }
    alien |= {f"{field}_id": value for field, value in alien.items() if value == str(ABSENT)}
    assert {"id", model._meta.pk.attname} & set(alien)
    with transaction.atomic():
        answer = client.post(path, {**alien, **values})
    assert answer.status_code in {200, 302, 422}, answer.status_code
    after = state(model._base_manager.get(pk=args[0]))
    allowed = MOVING | FOLLOWS.get(model._meta.label, set()) | set(values)
    allowed |= {f"{field.name}_id" for field in model._meta.concrete_fields if field.name in values}
    changed = {field for field in before if before[field] != after[field] and field not in allowed}
    assert changed == set()


def test_most_forms_were_saved_and_not_refused(records, as_role):
    """The twin: sent unchanged, the scraped forms are accepted, so the test above does reach the saving."""
    client, saved = as_role("owner"), []
    for name, kind in EDITED.items():
        path = reverse(name, args=records.kinds[kind].own_of(records.people["owner"]))
        with transaction.atomic():
            saved.append(client.post(path, form_values(client.get(path).content)).status_code == 302)
            transaction.set_rollback(True)
    assert sum(saved) >= len(saved) // 2, dict(zip(EDITED, saved, strict=True))


def test_own_profile_gives_nobody_more_rights(records, as_role):
    person = records.people["front_desk"]
    client = as_role("front_desk")
    values = form_values(client.get("/me/").content)
    owner_role = records.people["owner"].role_id
    before = state(person)
    client.post("/me/", {
        **values, "role": owner_role, "role_id": owner_role, "is_superuser": "on", "is_active": "on", "scope": "all",
        "branch": records.foreign["branch"].pk, "branch_id": records.foreign["branch"].pk, "permissions": "users.edit",
        "username": "tampered", "must_change_password": "on", "teams": records.foreign["team"].pk,
    })  # fmt: skip
    person.refresh_from_db()
    after = state(person)
    for field in ("role_id", "branch_id", "is_active", "username", "must_change_password"):
        assert after[field] == before[field]
    assert records.foreign["team"] not in person.teams.all()

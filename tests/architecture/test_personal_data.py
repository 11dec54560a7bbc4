"""Whatever can be followed to a customer says what an export shows of it and what an erasure does to it (N6, E.8)."""

from typing import Any

import pytest
from django.apps import apps
from django.db.models import (
    CASCADE,
    BinaryField,
    CharField,
    ForeignKey,
    IntegerField,
    JSONField,
    Model,
    TextField,
)
from django.test.utils import isolate_apps

from halkhata.foundation.core.personal_data import personal_data, personal_traces
from halkhata.records.privacy.services.exporting import fields_of
from halkhata.records.privacy.services.person_rows import entries, rows_of

pytestmark = pytest.mark.django_db

# Tables with words that are the shop's own: settings, names of its people and things, what its machines need.
HOLDS_NO_CUSTOMER = frozenset({
    "accounts.accesslink", "accounts.apitoken", "accounts.branch", "accounts.handover", "accounts.identity",
    "accounts.oidcprovider", "accounts.recoverycode", "accounts.role", "accounts.secondfactor", "accounts.team",
    "accounts.user", "aftercare.aftercaresettings", "aftercare.recall", "aftercare.servicecentre",
    "api.ratewindow", "backups.backuprun", "backups.backupsettings", "backups.restoration",
    "catalog.brand", "catalog.price", "catalog.pricelist", "catalog.product", "catalog.productkind",
    "chat.chattemplate",
    "claims.companyrules", "claims.dispatch",
    "core.installation", "core.numbersequence", "core.scheduleline", "customers.organizationkey",
    "customers.organizationtext", "data_quality.monthscore", "data_quality.qualityrule",
    "data_quality.rulesstate", "deliveries.courier", "feedback.survey", "fields.fielddefinition",
    "fields.fieldoption", "fields.layoutplace", "fields.schemastamp", "fields.tag", "fields.validationrule",
    "goodwill.goodwilllimit", "goodwill.goodwillmonth", "imports.importissue", "messaging.prayertimes",
    "messaging.shorttext", "messaging.template", "messaging.templateproposal", "messaging.templaterules",
    "messaging.templateversion", "messaging.textingsettings", "privacy.consentwording",
    "privacy.donotcontact", "privacy.processingactivity", "privacy.retentionrule", "quality.guideversion",
    "quality.rubricline", "returns.advanceterms", "returns.returnpolicy", "segments.segment", "service.servicerules",
    "standards.standardsdraft", "standards.standardsversion", "stock.place", "tickets.callmessageseen",
    "tickets.cannedreply", "tickets.category", "tickets.disposition", "tickets.extension", "tickets.phonesystem",
    "tickets.rootcauseentry", "tickets.safetyword", "warranty.policyterm", "warranty.warrantypolicy", "work.absence",
    "work.businesscalendar", "work.calendarday", "work.checklisttemplate", "work.checklisttemplateline",
    "work.course", "work.courseattempt", "work.delayreason", "work.escalationrule", "work.skill", "work.skillneed",
    "work.slapolicy", "work.termsstamp", "work.workprofile",
})  # fmt: skip
# Tables that the erasure itself, or a step of its own, takes care of (files go with the rows that point at them).
HAS_ITS_OWN_WAY = frozenset({"disputes.decisionrecord", "files.storedfile", "imports.importedrow"})


def our_models() -> list[type[Model]]:
    """Every model of the house."""
    return [model for model in apps.get_models() if model.__module__.startswith("halkhata.")]


def leading_to_customers(models: list[type[Model]]) -> set[str]:
    """Labels of all models from which a chain of foreign keys leads to a customer."""
    customer = apps.get_model("customers", "Customer")
    found, grown = {customer}, True
    while grown:
        grown = False
        for model in models:
            if model in found:
                continue
            if any(field.is_relation and field.related_model in found for field in model._meta.local_fields):
                found.add(model)
                grown = True
    return {model._meta.label_lower for model in found}


def with_words(models: list[type[Model]]) -> set[str]:
    """Labels of all models in which words may stand that somebody typed or sent: free text, JSON, bytes."""
    return {
        model._meta.label_lower
        for model in models
        if any(isinstance(field, CharField | TextField | JSONField | BinaryField) and not field.choices
               for field in model._meta.local_fields)
    }  # fmt: skip


def without_entry(models: list[type[Model]]) -> set[str]:
    """What a new model has not said: whose data it holds, or that it holds none."""
    registered = {entry.model_label.lower() for entry in personal_data}
    traced = {trace.model_label.lower() for trace in personal_traces}
    return (leading_to_customers(models) - registered) | (
        with_words(models) - registered - traced - HOLDS_NO_CUSTOMER - HAS_ITS_OWN_WAY
    )


def test_every_model_that_may_hold_a_customer_has_an_entry():
    models = our_models()
    found = leading_to_customers(models)
    # The walk itself works: near, far, and by way of a parent table.
    assert {"customers.contactpoint", "messaging.softbounce", "tickets.ticket", "quality.scoreline"} <= found
    assert without_entry(models) == set(), "register these as personal data (foundation/core/personal_data.py)"


def test_list_of_models_without_customers_names_what_is_there():
    known = {model._meta.label_lower for model in our_models()}
    registered = {entry.model_label.lower() for entry in personal_data} | {
        trace.model_label.lower() for trace in personal_traces
    }
    listed = HOLDS_NO_CUSTOMER | HAS_ITS_OWN_WAY
    assert listed - known == set()
    assert listed & registered == set()


@isolate_apps("halkhata.records.privacy")
def test_new_model_without_an_entry_fails_the_build():
    """The twin: a table that somebody adds and says nothing about, with a link, a link's link, and without one."""
    customer = apps.get_model("customers", "Customer")

    def planted(name: str, **fields: Any) -> type[Model]:
        meta = type("Meta", (), {"app_label": "privacy"})
        return type(name, (Model,), {"Meta": meta, "__module__": __name__, **fields})

    near = planted("Near", customer=ForeignKey(customer, on_delete=CASCADE, related_name="+"))
    far = planted("Far", near=ForeignKey(near, on_delete=CASCADE, related_name="+"))
    loose = planted("Loose", caller=CharField(max_length=40))
    numbers = planted("Numbers", count=IntegerField())
    found = without_entry([*our_models(), near, far, loose, numbers])
    assert found == {"privacy.near", "privacy.far", "privacy.loose"}


def test_entries_name_what_is_there():
    for entry in entries():
        model = apps.get_model(entry.model_label)
        columns = {field.name for field in model._meta.concrete_fields}
        named = {*entry.blank, *entry.scrub, *entry.files, *entry.hidden, *entry.addresses}
        assert named <= columns, (entry.model_label, named - columns)
        assert entry.paths or entry.addresses, entry.model_label
        # Every path can be asked of the database.
        assert list(rows_of(entry, [1], ["x@example.com"])) == []


def test_traces_name_what_is_there():
    for trace in personal_traces:
        model = apps.get_model(trace.model_label)
        assert set(trace.columns) <= {field.name for field in model._meta.concrete_fields}, trace.model_label


def test_export_shows_every_column_but_secrets_and_bytes():
    for entry in entries():
        model = apps.get_model(entry.model_label)
        left = {field.name for field in model._meta.concrete_fields} - {field.name for field in fields_of(entry)}
        raw = {field.name for field in model._meta.concrete_fields if isinstance(field, BinaryField)}
        assert left == (entry.hidden | raw) & {field.name for field in model._meta.concrete_fields}, entry.model_label

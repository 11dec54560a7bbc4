"""The canary of erasure: words that stand nowhere else are put everywhere a person can be named, then looked for in
every table, every byte of the database file, every stored file and the log (N7, F32)."""

import json
import logging
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from halkhata.desks.tickets.models import Category
from halkhata.desks.tickets.services.defaults import create_default_categories
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.desks.tickets.services.resolving import resolve_ticket
from halkhata.engines.messaging.models import Delivery, InboundRaw, Mailbox, Message
from halkhata.engines.messaging.services.conversations import add_customer_message, add_note, send_reply
from halkhata.engines.work.models import SavedView, SlaClock, WorkEvent, WorkItem
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core import clock
from halkhata.foundation.core.errors import Conflict
from halkhata.foundation.core.jobs.worker import run_until_quiet
from halkhata.foundation.fields.services.definitions import save_definition
from halkhata.foundation.fields.services.values import write_values
from halkhata.foundation.files.models import StoredFile
from halkhata.foundation.files.services.blobs import blob_path
from halkhata.foundation.files.services.storing import store_file
from halkhata.records.customers.merging.merge import merge_customers
from halkhata.records.customers.models import ContactPoint, Customer
from halkhata.records.customers.selectors.search import search_customers
from halkhata.records.customers.services.customers import create_customer, update_customer
from halkhata.records.customers.services.external_ids import add_external_id
from halkhata.records.customers.services.households import join_household, leave_household, name_household
from halkhata.records.data_quality.services.looking import look_at_changed
from halkhata.records.imports.models import ExportRun, ImportRun
from halkhata.records.imports.services.beginning import begin_load, receive_file, set_mapping
from halkhata.records.imports.services.exporting import write_export
from halkhata.records.imports.tests.conftest import csv_bytes, finish
from halkhata.records.privacy.models import DoNotContact, Erasure
from halkhata.records.privacy.services.consents import object_to_everything, record_consent
from halkhata.records.privacy.services.contacting import may_contact
from halkhata.records.privacy.services.erasing import erase_person
from halkhata.records.privacy.services.exporting import rows_for_export
from halkhata.records.privacy.services.outside_list import list_path
from halkhata.records.privacy.services.replaying import replay_after_restore

pytestmark = pytest.mark.django_db(transaction=True)

# No part of one stands in another, or in anything the product writes.
CANARIES = {
    "name_en": "Zyxquor Vimblat", "name_bn": "জ্যক্সকর ভিমব্লাট", "old_name": "Quibzolt Nerf",
    "phone": "+8801100776655",
    "typed": "01100-776655", "mail": "zyxquor@canary.example.com", "note": "prefers-canary-note-tea",
    "line": "House Wobblegate 77", "subject": "wobblesubject", "text": "wobbletext cools no more",
    "reply": "wobblereply to you", "internal": "wobblenote among us", "file": "wobblefile-content",
    "file_name": "wobblename.txt", "raw": "wobbleraw bytes", "proof": "wobbleproof 55", "serial": "WBL-SERIAL-7",
    "action": "wobbleaction done",
}  # fmt: skip


@pytest.fixture
def fresh_list():
    list_path().unlink(missing_ok=True)
    yield
    list_path().unlink(missing_ok=True)


@pytest.fixture
def zyx(shop):
    create_default_categories()
    Mailbox.objects.create(
        name="Care", address="care@example.com", branch=shop.branch, team=shop.team, is_default=True,
        smtp_host="127.0.0.1", smtp_port=1,
    )  # fmt: skip
    customer = create_customer(
        actor=shop.agent, name_en=CANARIES["old_name"], phones=[CANARIES["typed"]], emails=[CANARIES["mail"]],
        note=CANARIES["note"], address={"line": CANARIES["line"], "district": "Dhaka"}, language="en",
    )  # fmt: skip
    update_customer(
        actor=shop.agent, customer=customer, version=customer.version, name_en=CANARIES["name_en"],
        name_bn=CANARIES["name_bn"],
    )  # fmt: skip
    record_consent(
        actor=shop.agent, customer=customer, purpose="marketing", channel="sms", act="granted", source="paper",
        proof=CANARIES["proof"],
    )  # fmt: skip
    customer.refresh_from_db()
    return customer


def with_a_case(shop, customer):
    """A complaint with mail, file, note and answer, ended."""
    raw = InboundRaw.objects.create(
        provider_id="1:1", sha256="c" * 64, size=20, body=CANARIES["raw"].encode(), received_at=clock.now(),
        state="processed", outcome="ticket_opened", from_address=CANARIES["mail"], subject=CANARIES["subject"],
    )  # fmt: skip
    ticket = open_ticket(
        actor=shop.agent, subject=CANARIES["subject"], description=CANARIES["text"], customer=customer, channel="email",
        branch=shop.branch, team=shop.team, owner=shop.agent, serial=CANARIES["serial"],
        caller_name=CANARIES["name_en"],
    )  # fmt: skip
    file = store_file(name=CANARIES["file_name"], data=CANARIES["file"].encode())
    with transaction.atomic():
        add_customer_message(
            actor=None, item=ticket, channel="email", text=CANARIES["text"], from_address=CANARIES["mail"],
            subject=CANARIES["subject"], author_label=CANARIES["name_en"], customer=customer, raw=raw,
            files=[(file, "", False)],
        )  # fmt: skip
    add_note(actor=shop.agent, item=ticket, text=CANARIES["internal"])
    send_reply(actor=shop.agent, item=ticket, text=CANARIES["reply"])
    logging.getLogger("halkhata").warning("mail from %s could not be read", CANARIES["mail"])
    ticket.refresh_from_db()
    resolve_ticket(
        actor=shop.agent, ticket=ticket, root_cause="product_defect", action=CANARIES["action"], remedy="repaired",
        told_at=clock.now(), told_how="phone", category=Category.objects.first(),
    )  # fmt: skip
    return ticket, file


def where_it_stands(words):
    """Every table and column, and file, in which one of the words stands: as it is, or escaped as JSON does."""
    wanted = {}
    for word in words:
        wanted[word] = word
        wanted[json.dumps(word)[1:-1]] = word
    found = set()
    for model in apps.get_models(include_auto_created=True):
        for row in model._base_manager.values():
            for column, value in row.items():
                text = bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)
                found |= {(model._meta.label, column, wanted[word]) for word in wanted if word in text}
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        for path in (Path(name), Path(f"{name}-wal")):
            if path.exists():
                data = path.read_bytes()
                found |= {(path.name, "", word) for spelt, word in wanted.items() if spelt.encode() in data}
    logs = Path(settings.DATA_DIR).glob("halkhata.log*")
    for path in [*Path(settings.MEDIA_ROOT).rglob("*"), *logs, list_path()]:
        if path.is_file():
            data = path.read_bytes()
            found |= {(path.name, "", word) for spelt, word in wanted.items() if spelt.encode() in data}
    return found


def test_nothing_is_left_anywhere(shop, zyx, fresh_list):
    ticket, file = with_a_case(shop, zyx)
    for handler in logging.getLogger().handlers:
        handler.flush()
    words = list(CANARIES.values())
    before = where_it_stands(words)
    # The net catches: each canary stood somewhere.
    assert {word for _place, _column, word in before} == set(words)
    counts = (WorkItem.objects.count(), WorkEvent.objects.filter(item=ticket).count(), SlaClock.objects.count(),
              Message.objects.count(), AuditEntry.objects.count())  # fmt: skip
    erasure = erase_person(actor=shop.owner, customer=zyx)
    run_until_quiet()
    assert where_it_stands(words) == set()
    # What was done stays, with its times: the ledgers count as before, and one line more says what was done now.
    after = (WorkItem.objects.count(), WorkEvent.objects.filter(item=ticket).count(), SlaClock.objects.count(),
             Message.objects.count(), AuditEntry.objects.count())  # fmt: skip
    assert after[:4] == counts[:4]
    assert after[4] == counts[4] + 1
    assert not StoredFile.objects.filter(pk=file.pk).exists()
    assert not list(search_customers(shop.owner, "Zyxquor"))
    assert not Delivery.objects.filter(state="queued").exists()
    erasure.refresh_from_db()
    assert erasure.scrubbed_at is not None
    assert not may_contact(zyx.pk, "service", "email")
    # Written to again, they are somebody new without a past.
    again = create_customer(actor=shop.agent, phones=[CANARIES["typed"]])
    assert again.pk != zyx.pk
    tables = {entry.model_label for entry, _rows in rows_for_export(again.pk)}
    assert not {"work.WorkItem", "messaging.Message", "tickets.Ticket"} & tables


# What came into the book by other ways: a list, a merge, the shop's own fields, the family, another system.
MORE = {
    "double": "Plimtodd Grux", "double_phone": "+8801100887766", "reason": "wobblereason of merging",
    "field": "wobblefield value", "house": "Wobblehouse people", "external": "WBL-EXT-9", "list_name": "wobblelist.csv",
    "imported": "Snerquill Plonk", "imported_phone": "+8801100998877", "search": "Plimtodd+Grux",
}  # fmt: skip


def with_a_past(shop, zyx):
    """A list brought in and one taken out, a double merged, own fields, a household, an id, a kept search."""
    table = [["name", "phone", "email"], [MORE["double"], "01100-887766", CANARIES["mail"]],
             [MORE["imported"], "01100-998877", ""]]  # fmt: skip
    run = receive_file(actor=shop.owner, target="customers", name=MORE["list_name"], chunks=[csv_bytes(table)])
    mapping = {int(key): value for key, value in run.mapping.items()}
    options = {**run.options, "shared": "separate"}
    run = set_mapping(actor=shop.owner, run=run, mapping=mapping, options=options, bijoy=[])
    finish(begin_load(actor=shop.owner, run=run))
    double = Customer.objects.get(name_en=MORE["double"])
    merge_customers(actor=shop.owner, merged=double, survivor=zyx, reason=MORE["reason"])
    relative = create_customer(actor=shop.agent, name_en="Relative Test")
    join_household(actor=shop.agent, customer=zyx, relative=relative)
    name_household(actor=shop.agent, customer=zyx, name=MORE["house"])
    leave_household(actor=shop.agent, customer=relative)
    add_external_id(actor=shop.agent, customer=zyx, system="tally", value=MORE["external"])
    save_definition(actor=shop.owner, target="customer", code="walk", kind="text", name_en="Walk", name_bn="হাঁটা")
    write_values(actor=shop.owner, target="customer", record_id=zyx.pk, values={"walk": MORE["field"]})
    SavedView.objects.create(owner=shop.agent, name="Theirs", query=f"q={MORE['search']}")
    export = ExportRun.objects.create(target="customers", format="csv", created_by=shop.owner)
    write_export(export.pk)
    zyx.refresh_from_db()
    update_customer(actor=shop.agent, customer=zyx, version=zyx.version, name_en="MR  ZYXQUOR VIMBLAT")
    look_at_changed()
    run_until_quiet()
    export.refresh_from_db()
    run.refresh_from_db()
    lists = [blob_path(run.source.path), blob_path(export.file.path)]
    return Customer.objects.get(name_en=MORE["imported"]), lists


def test_nothing_is_left_of_lists_merges_and_own_fields(shop, zyx, fresh_list):
    other, lists = with_a_past(shop, zyx)
    assert all(path.exists() for path in lists)
    words = [*MORE.values(), *(CANARIES[name] for name in ("name_bn", "mail", "phone", "note"))]
    assert {word for _place, _column, word in where_it_stands(words)} == set(words)
    erase_person(actor=shop.owner, customer=zyx)
    run_until_quiet()
    kept = {MORE["imported"], MORE["imported_phone"], MORE["list_name"]}
    assert {word for _place, _column, word in where_it_stands(words)} <= kept
    assert where_it_stands(["VIMBLAT"]) == set()
    # Whoever stood in the same list stays, without the list.
    other.refresh_from_db()
    assert other.name_en == MORE["imported"]
    assert not any(path.exists() for path in lists)
    erase_person(actor=shop.owner, customer=other)
    run_until_quiet()
    assert where_it_stands([word for word in words if word != MORE["list_name"]]) == set()


def test_nobody_goes_while_a_list_is_brought_in(shop, zyx, fresh_list):
    run = receive_file(actor=shop.owner, target="customers", name="a.csv", chunks=[csv_bytes([["name"], ["A B"]])])
    ImportRun.objects.filter(pk=run.pk).update(state="loading")
    with pytest.raises(Conflict, match="may_not_erase"):
        erase_person(actor=shop.owner, customer=zyx)
    ImportRun.objects.filter(pk=run.pk).update(state="cancelled", ended_at=clock.now())
    assert erase_person(actor=shop.owner, customer=zyx).pk


def test_open_work_stands_against_it(shop, zyx, fresh_list):
    open_ticket(
        actor=shop.agent, subject="still open", customer=zyx, channel="phone", branch=shop.branch, team=shop.team,
        owner=shop.agent, acknowledge=False,
    )  # fmt: skip
    with pytest.raises(Conflict, match="may_not_erase"):
        erase_person(actor=shop.owner, customer=zyx)
    zyx.refresh_from_db()
    assert zyx.name_en == CANARIES["name_en"]


def test_village_phone_of_others_stays_with_them(shop, zyx, fresh_list):
    other = create_customer(
        actor=shop.agent, name_en="Neighbour Test", phones=[CANARIES["typed"]], confirm_duplicate="shared phone"
    )
    erase_person(actor=shop.owner, customer=zyx)
    assert ContactPoint.objects.get(customer=other).value == CANARIES["phone"]


def restored(zyx_row, points):
    """What a backup from before the erasure brings back."""
    Erasure.objects.all().delete()
    Customer.objects.filter(pk=zyx_row["id"]).update(**{name: zyx_row[name] for name in ("name_en", "name_bn", "note")})
    for point in points:
        ContactPoint.objects.create(**point)


def test_restored_backup_is_erased_again_before_anybody_uses_it(shop, zyx, fresh_list):
    taken_at = clock.now()
    row = Customer.objects.filter(pk=zyx.pk).values().get()
    points = list(ContactPoint.objects.filter(customer=zyx).values())
    erase_person(actor=shop.owner, customer=zyx)
    restored(row, points)
    assert any(place == "customers.Customer" for place, _column, _word in where_it_stands([CANARIES["name_en"]]))
    assert replay_after_restore(taken_at) == 1
    run_until_quiet()
    assert where_it_stands([CANARIES["name_en"], CANARIES["name_bn"], CANARIES["mail"], CANARIES["note"]]) == set()


def test_work_that_is_open_again_after_a_restore_ends(shop, zyx, fresh_list):
    taken_at = clock.now()
    row = Customer.objects.filter(pk=zyx.pk).values().get()
    erase_person(actor=shop.owner, customer=zyx)
    restored(row, [])
    ticket = open_ticket(
        actor=shop.agent, subject="still open", customer=zyx, channel="phone", branch=shop.branch, team=shop.team,
        owner=shop.agent, acknowledge=False,
    )  # fmt: skip
    assert replay_after_restore(taken_at) == 1
    run_until_quiet()
    assert WorkItem.objects.get(pk=ticket.pk).state_flag == "resolved"
    assert not WorkItem.objects.unfinished().exists()


def test_same_number_given_to_somebody_else_is_left_alone(shop, zyx, fresh_list):
    """The twin: without the instant of making in the line, the wrong person would be erased."""
    taken_at = clock.now()
    erase_person(actor=shop.owner, customer=zyx)
    Erasure.objects.all().delete()
    Customer.objects.filter(pk=zyx.pk).update(name_en="Another Person", created_at=clock.now())
    assert replay_after_restore(taken_at) == 0
    assert Customer.objects.get(pk=zyx.pk).name_en == "Another Person"


def test_erasure_committed_after_the_backup_looked_but_dated_before_is_done_again(shop, zyx, fresh_list):
    row = Customer.objects.filter(pk=zyx.pk).values().get()
    erase_person(actor=shop.owner, customer=zyx)
    restored(row, [])
    assert replay_after_restore(clock.now()) == 1
    assert Customer.objects.get(pk=zyx.pk).name_en == ""


def test_backup_from_after_the_erasure_needs_nothing(shop, zyx, fresh_list):
    erase_person(actor=shop.owner, customer=zyx)
    assert replay_after_restore(clock.now()) == 0


def test_no_said_since_the_backup_holds_after_a_restore(shop, zyx, fresh_list):
    taken_at = clock.now()
    object_to_everything(actor=shop.agent, customer=zyx, source="phone")
    stops = DoNotContact.objects.count()
    assert stops == 16
    DoNotContact.objects.all().delete()
    assert replay_after_restore(taken_at) == stops
    assert not may_contact(zyx, "marketing", "sms")


def test_torn_line_of_the_list_hides_no_other(shop, zyx, fresh_list):
    taken_at = clock.now()
    list_path().write_text('{"kind": "erased", "at": "20')
    row = Customer.objects.filter(pk=zyx.pk).values().get()
    erase_person(actor=shop.owner, customer=zyx)
    restored(row, [])
    assert replay_after_restore(taken_at) == 1

"""F32: an older backup is restored, and whoever was erased since is erased in it before anybody uses it."""

import json
from pathlib import Path

import pytest

from tests.drills.conftest import BOTH
from tests.drills.install import Install

pytestmark = pytest.mark.one_database

# No part of one stands in anything that the product writes.
CANARIES = {
    "name": "Zyxquor Vimblat", "name_bn": "জ্যক্সকর ভিমব্লাট", "phone": "+8801100776655", "typed": "01100-776655",
    "mail": "zyxquor@canary.example.com", "note": "prefers-canary-note-tea", "line": "House Wobblegate 77",
    "text": "wobbletext cools no more", "file": "wobblefile-content", "file_name": "wobblename.txt",
}  # fmt: skip
OTHER = {"name": "Plimtodd Grux", "phone": "+8801100998877"}

BEGIN = """
import json, sys
from django.db import transaction
from halkhata.desks.tickets.models import Category
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.desks.tickets.services.resolving import resolve_ticket
from halkhata.engines.messaging.services.conversations import add_customer_message
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.services.tasks import cancel_tasks
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core import clock
from halkhata.foundation.core.jobs.worker import run_until_quiet
from halkhata.foundation.files.services.storing import store_file
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.customers import create_customer
from halkhata.records.privacy.services.consents import object_to_everything
from halkhata.records.privacy.services.contacting import may_contact
from halkhata.records.privacy.services.erasing import erase_person
agent = User.objects.get(username="rafi")
"""
WRITE = """
words, other = %r, %r
zyx = create_customer(
    actor=agent, name_en=words["name"], name_bn=words["name_bn"], phones=[words["typed"]], emails=[words["mail"]],
    note=words["note"], address={"line": words["line"], "district": "Dhaka"}, branch=agent.branch)
ticket = open_ticket(
    actor=agent, subject="It stopped", description=words["text"], customer=zyx, channel="email", branch=agent.branch,
    team=agent.teams.first(), owner=agent, acknowledge=False)
file = store_file(name=words["file_name"], data=words["file"].encode())
with transaction.atomic():
    add_customer_message(
        actor=None, item=ticket, channel="email", text=words["text"], from_address=words["mail"], customer=zyx,
        files=[(file, "", False)])
ticket.refresh_from_db()
resolve_ticket(
    actor=agent, ticket=ticket, root_cause="product_defect", action="Mended", remedy="repaired",
    told_at=clock.now(), told_how="phone", category=Category.objects.first())
create_customer(actor=agent, name_en=other["name"], phones=[other["phone"]], branch=agent.branch)
run_until_quiet()
"""
ERASE = """
zyx = Customer.objects.get(name_en=%r)
for item in WorkItem.objects.unfinished().filter(customer=zyx):
    cancel_tasks(actor=SYSTEM, parent_id=item.parent_id, kind=item.kind)
erase_person(actor=SYSTEM, customer=zyx)
object_to_everything(actor=None, customer=Customer.objects.get(name_en=%r), source="phone")
run_until_quiet()
"""
AFTER = """
run_until_quiet()
other = Customer.objects.get(name_en=%r)
print(json.dumps({
    "may": bool(may_contact(other, "marketing", "sms")), "why": str(may_contact(other, "survey", "sms").refusal),
    "numbers": list(WorkItem.objects.filter(customer__name_en="").values_list("number", flat=True)),
    "unfinished": WorkItem.objects.unfinished().count(),
}))
"""
ROWS = """
from django.db import connection
with connection.cursor() as cursor:
    for table in connection.introspection.table_names(cursor):
        cursor.execute(f'SELECT * FROM "{table}"')
        for row in cursor.fetchall():
            print(*(bytes(v).decode("utf-8", "replace") if isinstance(v, (bytes, memoryview)) else v for v in row))
"""


def where_it_stands(install: Install) -> set[tuple[str, str]]:
    """Which canary stands in a row of which kind of place: tables, and the bytes of every file in the data folder.

    Archives are sealed and left out.
    """
    found = set()
    wanted = {spelt: word for word in CANARIES.values() for spelt in (word, json.dumps(word)[1:-1])}
    rows = install.python(ROWS)
    found |= {("tables", word) for spelt, word in wanted.items() if spelt in rows}
    for path in install.folder.rglob("*"):
        place = path.relative_to(install.folder)
        if path.is_file() and "backups" not in place.parts:
            data = path.read_bytes()
            found |= {(str(place), word) for spelt, word in wanted.items() if spelt.encode() in data}
    return found


@pytest.mark.parametrize("vendor", BOTH)
def test_older_backup_comes_back_without_whoever_was_erased_since(shop_install: Install) -> None:
    shop_install.python(BEGIN + WRITE % (CANARIES, OTHER))
    assert {word for _place, word in where_it_stands(shop_install)} == set(CANARIES.values())
    made = shop_install.answer("backup")
    shop_install.python(BEGIN + ERASE % (CANARIES["name"], OTHER["name"]))
    assert where_it_stands(shop_install) == set()

    done = shop_install.answer("restore", str(Path(made["archive"])))
    # One person, and the other's stops: four purposes by the three ways that lead to a number.
    assert done["effects"]["privacy.erased"] == 13
    # Before any worker has run: no page, search or list can show them. Bytes of files follow with the first worker.
    assert {place for place, _word in where_it_stands(shop_install)} <= {
        place for place, word in where_it_stands(shop_install) if word == CANARIES["file"]
    }
    after = json.loads(shop_install.python(BEGIN + AFTER % OTHER["name"]))
    assert where_it_stands(shop_install) == set()
    # Whoever said no since the backup has said no; the case is still counted, and nobody has to call anybody.
    assert (after["may"], after["why"], after["unfinished"]) == (False, "stopped", 0)
    assert "K-1001" in after["numbers"]


@pytest.mark.parametrize("vendor", [pytest.param("sqlite", id="sqlite")])
def test_twin_without_the_list_brings_them_back(shop_install: Install) -> None:
    """The guard off: a restore that knows nothing of what was erased since."""
    shop_install.python(BEGIN + WRITE % (CANARIES, OTHER))
    made = shop_install.answer("backup")
    shop_install.python(BEGIN + ERASE % (CANARIES["name"], OTHER["name"]))
    (shop_install.folder / "privacy-list.jsonl").unlink()
    shop_install.answer("restore", made["archive"])
    assert {word for _place, word in where_it_stands(shop_install)} == set(CANARIES.values())

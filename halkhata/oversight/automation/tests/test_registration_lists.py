"""A dealer's file becomes registrations, each line once, unverified; undone, it leaves only what was looked at."""

from typing import Any

import pytest
from django.utils import translation

from halkhata.foundation.core.errors import PermissionRefused
from halkhata.records.catalog.tests.conftest import catalog as catalog
from halkhata.records.catalog.tests.conftest import rahima as rahima
from halkhata.records.imports.models import ImportIssue
from halkhata.records.imports.services.beginning import begin_check, begin_load, begin_undo, receive_file, set_mapping
from halkhata.records.imports.tests.conftest import csv_bytes, finish
from halkhata.records.imports.tests.conftest import no_open_file as no_open_file
from halkhata.records.warranty.models import Flag, Registration
from halkhata.records.warranty.services.registering import verify_registration
from halkhata.records.warranty.tests.conftest import fridge as fridge
from halkhata.records.warranty.tests.conftest import terms as terms
from tests.support.fixtures_shop import AGENT_PERMISSIONS, make_role, make_user

pytestmark = pytest.mark.django_db

HEAD = ["ক্রেতার নাম", "মোবাইল", "মডেল", "সিরিয়াল নং", "তারিখ", "মেমো নং", "ডিলার"]
GOOD = ["Karim Test", "০১১০০০০০০০২", "F220", "NEW-1", "১২/০৩/২০২৬", "১৩", "Jamuna Corner"]
KNOWN = ["Rahima Test", "01100000001", "", "SN-0001", "2026-03-12", "", ""]


@pytest.fixture
def clerk(shop: Any) -> Any:
    rights = (*AGENT_PERMISSIONS, "customer.import", "unit.view", "unit.edit", "warranty.view", "warranty.register")
    return make_user("clerk", branch=shop.branch, role=make_role("clerk", level=2, scope="branch", permissions=rights))


def bring(clerk: Any, *rows: Any) -> Any:
    run = receive_file(actor=clerk, target="registrations", name="dealer.csv", chunks=[csv_bytes([HEAD, *rows])])
    return set_mapping(
        actor=clerk, run=run, mapping={int(key): value for key, value in run.mapping.items()}, options=run.options
    )


def load(clerk: Any, *rows: Any) -> Any:
    return finish(begin_load(actor=clerk, run=bring(clerk, *rows)))


def test_headings_of_a_dealer_are_understood(terms: Any, clerk: Any) -> None:
    run = bring(clerk, GOOD)
    assert list(run.mapping.values()) == ["name", "phone", "product", "serial", "date", "bill", "sold_by"]


def test_lines_wait_to_be_checked_and_name_what_is_known(fridge: Any, clerk: Any, catalog: Any) -> None:
    run = load(clerk, GOOD, KNOWN)
    assert run.counts["new"] == 2
    new, known = Registration.objects.filter(channel="bulk").order_by("pk")
    assert (new.serial, str(new.bought_on), new.phone, new.person_name, new.invoice_no, new.sold_by) == (
        "NEW-1", "2026-03-12", "+8801100000002", "Karim Test", "১৩", "Jamuna Corner",
    )  # fmt: skip
    assert (new.state, new.channel, new.unit, new.product, new.branch) == (
        "unverified", "bulk", None, catalog.fridge, clerk.branch,
    )  # fmt: skip
    assert (known.unit, known.product) == (fridge, catalog.fridge)


def test_same_file_twice_writes_each_line_once(terms: Any, clerk: Any) -> None:
    load(clerk, GOOD, KNOWN)
    again = load(clerk, GOOD, KNOWN, GOOD)
    assert Registration.objects.count() == 2
    assert (again.counts.get("new", 0), again.counts["unchanged"]) == (0, 3)


def test_bad_lines_are_named_in_both_languages_and_the_others_come_in(terms: Any, clerk: Any) -> None:
    rows = [["", "", "", "", "2026-03-12", "", ""], ["", "12", "", "A-1", "2026-03-12", "", ""],
            ["", "", "", "A-2", "soon", "", ""], ["", "", "", "A-3", "2099-01-01", "", ""], GOOD]  # fmt: skip
    run = finish(begin_check(actor=clerk, run=bring(clerk, *rows)))
    found = dict(ImportIssue.objects.filter(run=run).values_list("row", "code"))
    assert [found[row] for row in sorted(found)] == ["no_serial", "phone_too_short", "not_a_day", "in_future"]
    assert Registration.objects.count() == 0
    finish(begin_load(actor=clerk, run=run))
    assert Registration.objects.get().serial == "NEW-1"


def test_undone_list_leaves_what_somebody_has_looked_at(terms: Any, clerk: Any, rahima: Any) -> None:
    run = load(clerk, GOOD, [*KNOWN[:3], "NEW-2", *KNOWN[4:]])
    seen, waiting = Registration.objects.order_by("pk")
    verify_registration(actor=clerk, registration=seen)
    finish(begin_undo(actor=clerk, run=run))
    assert list(Registration.objects.values_list("pk", flat=True)) == [seen.pk]
    assert waiting.pk != seen.pk
    assert not Flag.objects.exists()


def test_who_may_not_register_brings_nothing(shop: Any, terms: Any) -> None:
    rights = (*AGENT_PERMISSIONS, "customer.import")
    other = make_user("other", branch=shop.branch, role=make_role("other", level=1, scope="branch", permissions=rights))
    with pytest.raises(PermissionRefused), translation.override("en"):
        load(other, GOOD)
    assert Registration.objects.count() == 0

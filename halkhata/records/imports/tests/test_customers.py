"""The owner's own list: what comes of it, and that it can be taken back."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.models import OutboxEvent
from halkhata.records.customers.models import Activity, Address, ContactPoint, Customer, ExternalId, Organization
from halkhata.records.customers.selectors.search import search_customers
from halkhata.records.customers.services.customers import create_customer, update_customer
from halkhata.records.imports.models import ImportedRow, ImportIssue
from halkhata.records.imports.selectors.runs import problem_rows
from halkhata.records.imports.services import loading
from halkhata.records.imports.services.beginning import ask_to_stop, begin_load
from halkhata.records.imports.services.progress import Overtaken
from halkhata.records.imports.services.stepping import work_on
from halkhata.records.imports.tests.conftest import digest_of_customers, finish

MESSY = [
    ["Padma Motors - customers"],
    ["নাম", "মোবাইল", "Mobile 2", "ঠিকানা", "জেলা", "Company", "ID", "মন্তব্য"],
    ["রহিম উদ্দিন", "০১১০০-০০০১০১", "", "মিরপুর", "ঢাকা", "Delta Mills", "C-1", "ভালো ক্রেতা"],
    ["Karim Mia", "1100000102", "01100000103 (wife)", "Station Road", "Bogura", "delta mills", "C-2", ""],
    ["", "", "", "", "", "", "", ""],
    ["Salma Khatun", "0110000", "", "", "", "", "C-3", ""],
    ["রহিম উদ্দীন", "+880 1100 000101", "", "", "", "", "", "again"],
    ["Jamal Sheikh", "01100000101", "", "", "", "", "", ""],
    ["Nobody", "", "", "College Road", "", "", "", ""],
]


def test_trial_run_says_what_would_come_and_writes_nobody(tried, shop):
    before = digest_of_customers()
    run = tried(MESSY)
    assert (run.state, run.rows_total) == ("checked", 7)
    assert run.checked == {
        "new": 3, "bad": 1, "blank": 1, "repeated": 1, "conflict": 1, "mended_lost_zero": 1
    }  # fmt: skip
    found = ImportIssue.objects.filter(run=run).order_by("row").values_list("row", "kind", "code")
    assert list(found) == [
        (6, "bad", "phone_too_short"),
        (7, "repeated", "repeated"),
        (8, "conflict", "other_name_in_file"),
    ]
    assert digest_of_customers() == before


def test_import_of_a_messy_list(imported, shop):
    run = imported(MESSY)
    assert run.state == "done"
    assert run.counts == {"new": 3, "unchanged": 1, "bad": 1, "conflict": 1, "blank": 1, "mended_lost_zero": 1}
    rahim, karim, nobody = Customer.objects.order_by("id")
    assert (rahim.name_bn, rahim.note) == ("রহিম উদ্দিন", "ভালো ক্রেতা")
    assert (rahim.branch, rahim.created_by) == (shop.branch, shop.owner)
    assert rahim.organization == karim.organization == Organization.objects.get()
    assert list(ContactPoint.objects.filter(customer=karim).values_list("value", "label", "is_primary")) == [
        ("+8801100000102", "", True),
        ("+8801100000103", "wife", False),
    ]
    assert Address.objects.get(customer=nobody).line == "College Road"
    ids = ExternalId.objects.order_by("key").values_list("customer", "value")
    assert list(ids) == [(rahim.pk, "C-1"), (karim.pk, "C-2")]
    assert Activity.objects.get(customer=karim).verb == "customer.imported"
    assert [one.pk for one in search_customers(shop.owner, "000103")][:1] == [karim.pk]
    assert AuditEntry.objects.filter(action="import.end").get().after["counts"] == run.counts
    assert OutboxEvent.objects.filter(name="customer.created").count() == 0
    told = OutboxEvent.objects.filter(name="customer.imported")
    imported_ids = [pk for one in told for pk in one.payload["customer_ids"]]
    assert sorted(imported_ids) == [rahim.pk, karim.pk, nobody.pk]


def test_rows_left_out_come_back_as_a_file_to_mend(imported):
    rows = list(problem_rows(imported(MESSY)))
    assert [row[0] for row in rows] == ["নাম", "Salma Khatun", "Jamal Sheikh"]
    assert rows[1][-2:] == ["6", "Phone: Phone number too short"]
    assert rows[2][-2:] == ["8", "This number or address belongs to a customer of another name"]


def test_second_time_makes_nobody(imported):
    imported(MESSY)
    before = digest_of_customers()
    run = imported(MESSY)
    assert (run.counts.get("new", 0), run.counts.get("changed", 0), run.counts["unchanged"]) == (0, 0, 4)
    assert digest_of_customers() == before


def test_family_may_share_a_number(imported):
    run = imported(MESSY, shared="separate")
    assert (run.counts["new"], run.counts.get("conflict", 0)) == (4, 0)
    assert ContactPoint.objects.filter(value="+8801100000101").count() == 2
    # The next list finds each by name.
    again = imported(MESSY, shared="separate")
    assert (again.counts.get("new", 0), again.counts["unchanged"]) == (0, 5)


@pytest.mark.parametrize(
    ("rule", "name", "note"),
    [("fill", "রহিম", "from the file"), ("skip", "রহিম", ""), ("overwrite", "রহিম উদ্দিন", "from the file")],
)
def test_customer_who_is_here_already(imported, undone, shop, rule, name, note):
    known = create_customer(actor=shop.agent, name_bn="রহিম", phones=["01100000101"])
    before = digest_of_customers()
    run = imported(
        [
            ["name", "phone", "phone 2", "note", "address"],
            ["রহিম উদ্দিন", "01100000101", "01100000109", "from the file", "Mirpur"],
        ],
        known=rule,
    )
    known.refresh_from_db()
    assert (known.name_bn, known.note) == (name, note)
    assert known.contact_points.count() == (1 if rule == "skip" else 2)
    assert run.counts == ({"unchanged": 1} if rule == "skip" else {"changed": 1})
    assert undone(run).state == "undone"
    assert digest_of_customers() == before


def test_undo_leaves_the_customers_as_they_were(imported, undone, shop):
    create_customer(actor=shop.agent, name_en="Karim", phones=["01100000102"], organization_name="Old Firm")
    before = digest_of_customers()
    run = imported(MESSY, known="overwrite")
    assert digest_of_customers() != before
    run = undone(run)
    assert (run.state, run.counts["taken_back"], run.counts.get("kept", 0)) == ("undone", 5, 0)
    assert digest_of_customers() == before
    assert ImportedRow.objects.count() == ImportIssue.objects.count() == 0


def test_undo_leaves_whom_somebody_has_used_since(imported, undone, shop):
    from halkhata.desks.tickets.services.opening import open_ticket

    run = imported(MESSY)
    rahim, karim, nobody = Customer.objects.order_by("id")
    open_ticket(
        actor=shop.agent, subject="Broken", description="", customer=rahim, channel="phone", branch=shop.branch,
        acknowledge=False,
    )  # fmt: skip
    update_customer(actor=shop.agent, customer=karim, version=karim.version, note="mine")
    run = undone(run)
    assert (run.counts["kept"], list(Customer.objects.order_by("id"))) == (3, [rahim, karim])
    kept = ImportedRow.objects.filter(run=run, model="customers.customer").order_by("row")
    assert list(kept.values_list("record_id", "kept")) == [(rahim.pk, "used"), (karim.pk, "changed_since")]
    # Their organization stays with them.
    assert Organization.objects.count() == 1


def test_stranger_of_another_branch_is_not_told(imported, bring, shop):
    from halkhata.foundation.accounts.services.branches import create_branch
    from tests.support.fixtures_shop import make_role, make_user

    there = create_branch(actor=None, name_en="There")
    create_customer(actor=shop.owner, name_en="Secret", phones=["01100000101"], branch=there)
    rights = ["customer.view", "customer.edit", "customer.see_private", "customer.import"]
    clerk = make_user("clerk", branch=shop.branch, role=make_role("clerk", level=1, scope="branch", permissions=rights))
    run = bring([["name", "phone"], ["Secret", "01100000101"]], actor=clerk)
    run = finish(begin_load(actor=clerk, run=run))
    assert run.counts == {"conflict": 1}
    assert ImportIssue.objects.get(run=run).code == "hidden"


def many(count):
    return [["name", "phone"], *([f"Person {number}", f"011{number:08d}"] for number in range(count))]


class Killed(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("after", [1, 3, 7])
def test_killed_import_goes_on_after_the_last_row_that_is_there(bring, shop, monkeypatch, after):
    monkeypatch.setattr(loading, "_size", 25)
    monkeypatch.setattr(loading, "LEAST", 25)
    monkeypatch.setattr(loading, "TARGET_TIME", 0.0001)
    run = begin_load(actor=shop.owner, run=bring(many(300)))
    batches = 0
    write = loading.insert_rows

    def dies(model, rows):
        nonlocal batches
        batches += 1
        if batches == after:
            raise Killed
        write(model, rows)

    monkeypatch.setattr(loading, "insert_rows", dies)
    with pytest.raises(Killed):
        work_on(run.pk)
    run.refresh_from_db()
    assert (run.state, run.position) == ("loading", 1 + 25 * (after - 1))
    assert Customer.objects.count() == 25 * (after - 1)
    monkeypatch.setattr(loading, "insert_rows", write)
    run = finish(run)
    assert (run.state, run.counts, Customer.objects.count()) == ("done", {"new": 300}, 300)


def test_two_workers_on_one_import_write_each_row_once(bring, shop, monkeypatch):
    run = begin_load(actor=shop.owner, run=bring(many(60)))
    stale = type(run).objects.get(pk=run.pk)
    finish(run)
    with pytest.raises(Overtaken):
        loading.load_some(stale)
    assert Customer.objects.count() == 60


def test_without_the_lock_the_second_worker_would_write_again(bring, shop, monkeypatch):
    """The twin of the test above: so the lock is what holds it."""
    run = begin_load(actor=shop.owner, run=bring([["name"], ["A B"], ["C D"]]))
    stale = type(run).objects.get(pk=run.pk)
    finish(run)
    monkeypatch.setattr(loading, "lock_run", lambda run: run)
    monkeypatch.setattr(loading, "_write_one_by_one", lambda *args: args[1])
    from halkhata.records.imports.targets.customers import matching

    monkeypatch.setattr(matching, "_earlier", lambda rows: {})
    monkeypatch.setattr(loading, "insert_rows", lambda *args: None)
    loading.load_some(stale)
    assert Customer.objects.count() == 4


def test_stopped_import_stays_and_can_be_taken_back(bring, shop, undone):
    before = digest_of_customers()
    run = begin_load(actor=shop.owner, run=bring(many(40)))
    ask_to_stop(actor=shop.owner, run=run)
    run = finish(run)
    assert (run.state, run.ended_at is not None) == ("cancelled", True)
    assert undone(run).state == "undone"
    assert digest_of_customers() == before


def test_row_that_the_database_refuses_is_named_and_the_others_go_in(bring, shop, monkeypatch):
    from halkhata.records.imports.targets.customers import writing

    run = begin_load(actor=shop.owner, run=bring(many(5)))
    points = writing.point_rows

    def refuses(pk, contacts, *rest):
        if contacts[0].value.endswith("00000003"):
            raise ValueError("broken")
        return points(pk, contacts, *rest)

    monkeypatch.setattr(writing, "point_rows", refuses)
    run = finish(run)
    assert (run.state, run.counts) == ("done", {"new": 4, "bad": 1})
    assert list(ImportIssue.objects.filter(run=run).values_list("row", "code")) == [(5, "not_stored")]


CELLS = st.characters(codec="utf-8", exclude_characters="\r\n")


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.lists(st.text(alphabet=CELLS, max_size=30), min_size=3, max_size=3),
        min_size=1,
        max_size=12,
    )
)
def test_every_row_of_any_file_is_accounted_for(bring, shop, undone, rows):
    from django.db import transaction

    with transaction.atomic():
        before = digest_of_customers()
        run = finish(begin_load(actor=shop.owner, run=bring([["name", "phone", "note"], *rows])))
        counts = run.counts
        whole = sum(counts.get(name, 0) for name in ("new", "changed", "unchanged", "bad", "conflict", "blank"))
        assert (run.state, whole) == ("done", run.rows_done)
        undone(run)
        assert digest_of_customers() == before
        transaction.set_rollback(True)


def test_batch_takes_few_statements_however_many_rows(bring, shop, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(loading, "_size", 200)
    run = begin_load(actor=shop.owner, run=bring(many(200)))
    with django_assert_max_num_queries(80):
        finish(run)
    assert Customer.objects.count() == 200

"""The owner's way through the pages, notebook and exports."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.jobs.worker import run_until_quiet
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.customers import create_customer
from halkhata.records.imports.jobs import resume_imports
from halkhata.records.imports.models import ExportRun, ImportRun
from halkhata.records.imports.services.exporting import write_export
from halkhata.records.imports.targets.customers.exporting import customer_rows
from halkhata.records.imports.tests.conftest import csv_bytes
from tests.support.fixtures_shop import make_role, make_user

LIST = [["Name", "Mobile"], ["রহিম", "1100000101"], ["Karim", "01100000102"], ["Bad", "123"]]


@pytest.mark.parametrize("language", ["bn", "en"])
def test_from_the_file_to_customers_and_back(client_as, shop, language, django_assert_max_num_queries):
    client = client_as(shop.owner, language)
    answer = client.post(reverse("imports:new"), {"file": SimpleUploadedFile("my list.csv", csv_bytes(LIST))})
    run = ImportRun.objects.get()
    assert answer.url == reverse("imports:mapping", args=[run.pk])
    page = client.get(answer.url)
    assert page.status_code == 200
    form = page.context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value()}
    assert (data["column_0"], data["column_1"]) == ("name", "phone")
    answer = client.post(answer.url, data)
    assert answer.url == reverse("imports:detail", args=[run.pk])
    assert client.get(reverse("imports:progress", args=[run.pk])).status_code == 200
    run_until_quiet()
    with django_assert_max_num_queries(20):
        page = client.get(answer.url)
    assert (page.context["counts"]["new"], page.context["counts"]["bad"]) == (2, 1)
    assert Customer.objects.count() == 0
    client.post(reverse("imports:start", args=[run.pk]))
    run_until_quiet()
    assert client.get(reverse("imports:progress", args=[run.pk])).headers["HX-Redirect"] == answer.url
    assert Customer.objects.count() == 2
    problems = client.get(reverse("imports:problems", args=[run.pk])).content.decode("utf-8-sig")
    assert [row[0] for row in csv.reader(io.StringIO(problems))] == ["Name", "Bad"]
    assert client.get(answer.url).status_code == 200
    client.post(reverse("imports:undo", args=[run.pk]))
    run_until_quiet()
    run.refresh_from_db()
    assert (run.state, Customer.objects.count()) == ("undone", 0)
    with django_assert_max_num_queries(12):
        assert "my list.csv" in client.get(reverse("imports:list")).content.decode()
    # The same headings are known the next time.
    client.post(reverse("imports:new"), {"file": SimpleUploadedFile("next.csv", csv_bytes(LIST))})
    assert ImportRun.objects.order_by("-id").first().mapping == {"0": "name", "1": "phone"}


@pytest.mark.parametrize(
    ("data", "words"), [(b"", "empty"), (b"PK\x03\x04x", "cannot be read"), (b"\n\n", "nothing in this file")]
)
def test_file_that_is_none_is_refused_in_words(client_as, shop, data, words):
    answer = client_as(shop.owner).post(reverse("imports:new"), {"file": SimpleUploadedFile("x.xlsx", data)})
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert ImportRun.objects.count() == 0


def test_agent_without_the_right_is_refused(client_as, shop):
    client = client_as(shop.agent)
    assert client.get(reverse("imports:list")).status_code == 403
    assert client.get(reverse("imports:exports")).status_code == 403


def test_another_persons_import_is_not_there(client_as, shop, imported):
    run = imported(LIST)
    rights = ["customer.view", "customer.edit", "customer.see_private", "customer.import"]
    other = make_user("other", branch=shop.branch, role=make_role("other", level=1, scope="branch", permissions=rights))
    assert client_as(other).get(reverse("imports:detail", args=[run.pk])).status_code == 404


def test_lines_from_the_notebook(client_as, shop):
    client = client_as(shop.owner)
    assert client.get(reverse("imports:notebook")).status_code == 200
    lines = {"rows": "3", "name_0": "রহিম", "phone_0": "০১১০০-০০০১০১", "name_1": "Karim", "phone_1": "12"}
    answer = client.post(reverse("imports:notebook"), lines)
    assert (answer.status_code, Customer.objects.count()) == (422, 0)
    assert "Phone number too short" in answer.content.decode()
    assert "রহিম" in answer.content.decode()
    answer = client.post(reverse("imports:notebook"), {**lines, "phone_1": "+880 1100-000102", "note_1": "=2+3"})
    run = ImportRun.objects.get()
    assert (answer.url, run.state, run.counts) == (reverse("imports:detail", args=[run.pk]), "done", {"new": 2})
    assert Customer.objects.get(name_en="Karim").note == "=2+3"


def read_export(export):
    from halkhata.foundation.files.services.storing import read_file

    return read_file(export.file)


@pytest.fixture
def two_branches(shop):
    from halkhata.foundation.accounts.services.branches import create_branch

    there = create_branch(actor=None, name_en="There")
    create_customer(actor=shop.owner, name_en="=Here", phones=["01100000101"], note="-1", branch=shop.branch)
    create_customer(actor=shop.owner, name_en="Far", phones=["01100000102"], branch=there)
    return there


def person(shop, *rights, scope="branch"):
    name = f"p{len(rights)}{scope}"
    return make_user(name, branch=shop.branch, role=make_role(name, level=1, scope=scope, permissions=rights))


def test_export_holds_what_its_reader_may_see_and_no_formula(client_as, shop, two_branches):
    user = person(shop, "customer.view", "customer.see_private", "customer.export")
    client = client_as(user)
    client.post(reverse("imports:exports"), {"format": "csv"})
    run_until_quiet()
    export = ExportRun.objects.get()
    assert (export.state, export.rows_done) == ("done", 1)
    rows = list(csv.reader(io.StringIO(read_export(export).decode("utf-8-sig"))))
    assert (rows[1][2], rows[1][4], rows[1][-3]) == ("'=Here", "01100-000101", "'-1")
    page = client.get(reverse("imports:exports"))
    url = reverse("files:download", args=[export.file_id, export.file.original_name])
    assert url in page.content.decode()
    assert client.get(url).status_code == 200
    assert client_as(shop.owner).get(url).status_code == 404
    actions = AuditEntry.objects.filter(action__startswith="export.").order_by("id").values_list("action", flat=True)
    assert list(actions) == ["export.begin", "export.end"]


def test_export_says_the_day_of_the_shop(shop, two_branches):
    # One in the morning in Dhaka: in Greenwich it is still yesterday.
    Customer.objects.filter(name_en="=Here").update(created_at="2026-03-01T19:00:00Z")
    row = next(row for row in customer_rows(shop.owner, {}) if "=Here" in row)
    assert row[-1] == "2026-03-02"


def test_export_masks_for_who_may_not_see(shop, two_branches):
    user = person(shop, "customer.view", "customer.export")
    export = ExportRun.objects.create(target="customers", format="csv", created_by=user)
    write_export(export.pk)
    export.refresh_from_db()
    text = read_export(export).decode()
    assert "000101" not in text
    assert "Here" in text


def test_export_whose_right_has_gone_writes_nothing(shop, two_branches):
    user = person(shop, "customer.view", "customer.export")
    export = ExportRun.objects.create(target="customers", format="xlsx", created_by=user)
    user.role.permissions = ["customer.view"]
    user.role.save()
    write_export(export.pk)
    export.refresh_from_db()
    assert (export.state, export.failure, export.file) == ("failed", "may_not_export", None)


def test_export_whose_job_died_is_taken_up_and_given_up_after_an_hour(shop, two_branches):
    old = {"target": "customers", "format": "csv", "created_by": shop.owner, "moved_at": now() - timedelta(minutes=2)}
    export = ExportRun.objects.create(**old)
    hopeless = ExportRun.objects.create(**old, created_at=now() - timedelta(minutes=61))
    assert resume_imports.func() == 1
    run_until_quiet()
    export.refresh_from_db()
    hopeless.refresh_from_db()
    assert (export.state, export.rows_done) == ("done", 2)
    assert (hopeless.state, hopeless.failure) == ("failed", "not_written")


def test_what_went_out_comes_in_as_it_was(shop, imported, two_branches):
    export = ExportRun.objects.create(target="customers", format="xlsx", created_by=shop.owner)
    assert write_export(export.pk) == 2
    export.refresh_from_db()
    run = imported(read_export(export))
    assert run.counts == {"unchanged": 2}


def test_erased_person_leaves_no_list_behind(shop, imported):
    from halkhata.records.imports.services.forgetting import files_with_people, forget_people, imports_under_way

    run = imported(LIST)
    people = list(Customer.objects.values_list("pk", flat=True))
    assert files_with_people(people) == {run.source_id}
    assert imports_under_way(people) == []
    ImportRun.objects.filter(pk=run.pk).update(state="loading")
    assert len(imports_under_way(people)) == 1
    forget_people(people)
    run.refresh_from_db()
    # The bytes go with the rest of the erasure: tests/journeys/test_erasure_leaves_nothing.py.
    assert run.source is None

"""The whole way through the pages, in both languages; who may not, gets nowhere."""

import hashlib
import io
import json
import zipfile
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from halkhata.desks.claims.models import Claim, CompanyRules, Dispatch, OldPart
from halkhata.desks.claims.services.deadlines import warn_of_deadlines
from halkhata.desks.claims.tests.conftest import PNG, REPAIRED, complete, draft, granted, pay, sent
from halkhata.engines.work.models import Notification
from halkhata.foundation.core.clock import moved_to, now
from halkhata.records.catalog.days import today
from halkhata.records.warranty.tests.conftest import sell_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(desk, client_as):
    return client_as(desk.chief)


def post(page, claim, step, **data):
    claim.refresh_from_db()
    values = {f"{step}-{name}": value for name, value in {"version": claim.version, **data}.items()}
    return page.post(f"/claims/{claim.number}/{step}/", values)


def picture(name):
    return SimpleUploadedFile(name, PNG + name.encode(), "image/png")


def test_the_whole_way_through_the_pages(desk, page, fridge):
    found = page.get("/claims/new/?find=SN-0001")
    assert f"?unit={fridge.number}" in found.content.decode()
    sent_form = page.post(
        "/claims/new/",
        {"unit": fridge.number, "token": "t1", "failed_on": "2026-11-02", "repaired_on": "2026-11-10",
         "defect_code": "d-1", "description": "No cold"},
    )  # fmt: skip
    claim = Claim.objects.get()
    assert sent_form["Location"] == f"/claims/{claim.number}/"
    assert claim.defect_code == "D-1"
    page.post("/claims/new/", {"unit": fridge.number, "token": "t1", "failed_on": "2026-11-02"})
    assert Claim.objects.count() == 1
    line = {
        "kind": "part",
        "text": "Compressor",
        "code": "c-9",
        "quantity": "১",
        "cost": "৫,০০০",
        "is_recoverable": "on",
    }
    assert post(page, claim, "line", **line).status_code == 302
    missing = page.get(f"/claims/{claim.number}/").content.decode()
    assert "Still missing" in missing
    assert "Failed part" in missing
    refused = post(page, claim, "submit")
    assert (refused.status_code, "Something is missing" in refused.content.decode()) == (422, True)
    for kind in ("serial_plate", "failed_part"):
        assert post(page, claim, "photo", kind=kind, photos=picture(f"{kind}.png")).status_code == 302
    assert post(page, claim, "part", name="Compressor", shelf="A3").status_code == 302
    assert "Everything the company asks for is there" in page.get(f"/claims/{claim.number}/").content.decode()
    assert post(page, claim, "submit").status_code == 302
    assert post(page, claim, "number", number="TST-9").status_code == 302
    row = claim.lines.get()
    over = post(page, claim, "decide", **{f"line_{row.pk}": "5000.01", "answer": "So"})
    assert (over.status_code, "more than was claimed" in over.content.decode()) == (409, True)
    assert post(page, claim, "decide", **{f"line_{row.pk}": "4000", "answer": "Old stock"}).status_code == 302
    assert post(page, claim, "credit", number="K1", amount="3900", on="2026-11-20").status_code == 302
    shown = page.get(f"/claims/{claim.number}/").content.decode()
    assert "Difference" in shown
    done = post(page, claim, "credit", number="K2", amount="50", on="2026-11-20", short_reason="Fee")
    assert done.status_code == 302
    claim.refresh_from_db()
    assert (claim.stage, claim.company_number, claim.shortfall) == ("credited", "TST-9", Decimal("50.00"))
    assert "Paid short" in page.get(f"/claims/{claim.number}/").content.decode()


@pytest.mark.parametrize("language", ["bn", "en"])
def test_every_page_opens_at_every_stage(desk, client_as, language, fridge):
    page = client_as(desk.chief, language)
    claims = [draft(desk, fridge), sent(desk, fridge), granted(desk, fridge)]
    pay(desk, claims[2], "100", short_reason="Fee")
    for one in claims:
        assert page.get(f"/claims/{one.number}/").status_code == 200
    for address in (
        "/claims/", f"/claims/?view=all&brand={desk.brand.pk}&sort=repair&short=1", "/claims/new/",
        "/claims/new/?find=nothing", f"/claims/new/?unit={fridge.number}", "/claims/numbers/",
        "/claims/numbers/?since=2026-01-01&until=x", "/claims/parts/", "/claims/free-services/", "/claims/settings/",
        f"/claims/settings/{desk.brand.code}/", f"/units/{fridge.number}/",
        f"/units/{fridge.number}/panels/main/",
    ):  # fmt: skip
        assert page.get(address, follow=True).status_code == 200, address


@pytest.mark.parametrize(
    "step", ["edit", "line", "photo", "part", "submit", "back", "number", "decide", "credit", "withdraw"]
)
def test_whoever_may_only_look_gets_403_and_nothing_changes(desk, client_as, step, fridge):
    claim = draft(desk, fridge)
    before = list(Claim.objects.values_list())
    assert client_as(desk.onlooker).post(f"/claims/{claim.number}/{step}/").status_code == 403
    assert list(Claim.objects.values_list()) == before


def test_papers_are_pdf_and_the_pack_names_each_file_with_its_hash(desk, page, fridge):
    claim = sent(desk, fridge)
    for name in ("form.pdf", "tags.pdf"):
        answer = page.get(f"/claims/{claim.number}/{name}")
        assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
    answer = page.get(f"/claims/{claim.number}/papers.zip")
    pack = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    manifest = json.loads(pack.read("manifest.json"))
    assert (manifest["claim"], len(manifest["files"])) == (claim.number, 3)
    for one in manifest["files"]:
        assert hashlib.sha256(pack.read(one["file"])).hexdigest() == one["sha256"]
    assert {one["kind"] for one in manifest["files"]} == {"form", "serial_plate", "failed_part"}
    assert "manifest.csv" in pack.namelist()


def test_sheet_has_the_company_s_columns_and_runs_no_formula(desk, page, fridge):
    sent(desk, fridge, description="=HYPERLINK(1)")
    answer = page.get(f"/claims/sheet/?brand={desk.brand.pk}&format=csv").content.decode("utf-8-sig")
    head, row = answer.splitlines()[:2]
    assert head == "Claim,Chassis,What failed and what was done,Amount"
    number = Claim.objects.get().number
    assert row == f"{number},SN-0001,'=HYPERLINK(1),5700.50"
    book = page.get(f"/claims/sheet/?brand={desk.brand.pk}")
    assert book.content[:2] == b"PK"
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(book.content)).read("xl/worksheets/sheet1.xml")
    assert page.get("/claims/sheet/?brand=999999").status_code == 404


def test_old_parts_are_sent_once_with_a_list(desk, page, fridge):
    claims = [complete(desk, draft(desk, fridge)), complete(desk, draft(desk, fridge))]
    ids = list(OldPart.objects.order_by("pk").values_list("pk", flat=True))
    data = {"parts": ids, "sent_on": today().isoformat(), "courier": "Sundor", "consignment": "77"}
    assert page.post("/claims/parts/", {**data, "parts": []}).status_code == 422
    assert page.post("/claims/parts/", data).status_code == 302
    made = Dispatch.objects.get()
    assert made.parts.count() == 2
    assert page.post("/claims/parts/", data).status_code == 422
    assert Dispatch.objects.count() == 1
    assert page.get(f"/claims/parts/{made.pk}/list.pdf").content[:5] == b"%PDF-"
    assert "Sundor" in page.get(f"/claims/{claims[0].number}/").content.decode()


def test_rules_of_a_company_move_the_deadline_of_its_drafts(desk, page, fridge):
    claim = draft(desk, fridge)
    row = CompanyRules.objects.get()
    data = {
        "name_en": "Testa", "deadline_days": "৪৫", "warn_days": "10", "coupon_rate": "200",
        "required_fields": ["serial"], "required_photos": ["invoice"], "version": row.version,
        "columns": "number = Ref\nNumber of the unit\n",
    }  # fmt: skip
    wrong = page.post(f"/claims/settings/{desk.brand.code}/", {**data, "columns": "Moon"})
    assert (wrong.status_code, "There is no field" in wrong.content.decode()) == (422, True)
    assert page.post(f"/claims/settings/{desk.brand.code}/", data).status_code == 302
    row.refresh_from_db()
    assert row.export_columns == [{"code": "number", "heading": "Ref"}, {"code": "serial", "heading": ""}]
    claim.refresh_from_db()
    assert claim.deadline_on == REPAIRED + timedelta(days=45)
    assert page.post(f"/claims/settings/{desk.brand.code}/", data).status_code == 409


def test_deadline_is_told_once_before_it_passes(desk, fridge):
    claim = draft(desk, fridge)
    at = now().replace(year=2026, month=11, day=24, hour=6)
    with moved_to(at):
        assert warn_of_deadlines() == 0
    with moved_to(at + timedelta(days=1)):
        assert warn_of_deadlines() == 1
        assert warn_of_deadlines() == 0
    notice = Notification.objects.get(verb="claim.deadline")
    assert (notice.user_id, notice.data["deadline"]) == (claim.owner_id, "2026-11-30")
    Claim.objects.update(deadline_on=REPAIRED + timedelta(days=21))
    with moved_to(at + timedelta(days=3)):
        assert warn_of_deadlines() == 1
    sent_one = sent(desk, fridge)
    with moved_to(at + timedelta(days=3)):
        assert warn_of_deadlines() == 0
    assert sent_one.warned_for is None


@pytest.mark.parametrize("address", ["/claims/?view=all", "/claims/numbers/", "/claims/parts/", "/claims/settings/"])
def test_lists_take_the_same_queries_for_one_row_as_for_many(desk, page, fridge, address):
    counts = []
    for number in range(4):
        complete(desk, draft(desk, fridge))
        pay(desk, granted(desk, fridge), "1", f"N{number}")
        page.get(address)
        with CaptureQueriesContext(connection) as seen:
            assert page.get(address).status_code == 200
        counts.append(len(seen))
    assert counts[1] == counts[3]


def test_page_and_sheet_take_the_same_queries_however_much_hangs_on_a_claim(desk, page, fridge, catalog, rahima):
    counts = []
    for number in (1, 2, 4):
        unit = sell_unit(catalog, rahima, serial=f"SN-9{number}")
        claim = complete(desk, draft(desk, unit, *["10"] * number))
        for place in range(number):
            post(page, claim, "photo", kind="other", photos=picture(f"{number}-{place}.png"))
        with CaptureQueriesContext(connection) as seen:
            assert page.get(f"/claims/{claim.number}/").status_code == 200
            assert page.get(f"/claims/sheet/?brand={desk.brand.pk}&format=csv").status_code == 200
        counts.append(len(seen))
    assert counts[1] == counts[2]

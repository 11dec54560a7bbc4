"""Reading files: encodings, delimiters, titles above the headings, headings in two languages, workbooks, bombs."""

import io
import zipfile

import pytest
import xlsxwriter

from halkhata.foundation.core.errors import DomainError
from halkhata.records.imports.reading.cells import cell_text
from halkhata.records.imports.reading.headings import find_headings, guess_mapping, signature_of
from halkhata.records.imports.reading.sources import all_rows, find_layout, sample_rows
from halkhata.records.imports.targets.customers.columns import customer_columns
from halkhata.records.imports.targets.customers.reading import read_customer
from halkhata.records.imports.tests.conftest import csv_bytes

# Which columns there are depends on the fields of the shop: hence the database.
pytestmark = [pytest.mark.one_database, pytest.mark.django_db]

ROWS = [["নাম", "মোবাইল নং", "ঠিকানা"], ["রহিম", "০১১০০-০০০১০১", "মিরপুর, ঢাকা"], ["করিম", "1100000102", "বগুড়া; সদর"]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_any_usual_encoding_and_delimiter(tmp_path, encoding, delimiter):
    path = tmp_path / "list.csv"
    path.write_bytes(csv_bytes(ROWS, encoding, delimiter))
    kind, layout, lines = find_layout(path)
    rows = [[cell.removeprefix("\ufeff") for cell in row] for row in all_rows(path, kind, layout)]
    assert (kind, rows, lines >= 3) == ("csv", ROWS, True)


def test_ansi_file_with_bijoy_letters(tmp_path):
    path = tmp_path / "old.csv"
    path.write_bytes(csv_bytes([["bvg", "†gvevBj"], ["†gvt iwng", "01100000101"]], "cp1252"))
    kind, layout, _lines = find_layout(path)
    assert layout["encoding"] == "cp1252"
    rows = sample_rows(path, kind, layout)
    columns = customer_columns()
    assert find_headings(rows, columns) == 1
    assert guess_mapping(rows, 1, columns) == ({"0": "name", "1": "phone"}, [0])


def test_title_above_the_headings_is_not_taken_for_one():
    headings = ["Sl", "Customer Name", "Mobile 1", "Mobile-2", "Village"]
    rows = [["Padma Motors, customers 2026"], [], headings, ["1", "A", "", "", ""]]
    columns = customer_columns()
    assert find_headings(rows, columns) == 3
    mapping, bijoy = guess_mapping(rows, 3, columns)
    assert (mapping, bijoy) == ({"1": "name", "2": "phone", "3": "phone", "4": "line"}, [])


def test_file_without_headings_is_read_by_what_stands_in_it():
    rows = [["Rahim Uddin", "01100000101", "a@example.com"], ["Karim Mia", "01100000102", "b@example.com"]]
    columns = customer_columns()
    assert find_headings(rows, columns) == 0
    assert guess_mapping(rows, 0, columns)[0] == {"0": "name", "1": "phone", "2": "email"}


@pytest.mark.parametrize(
    ("heading", "code"),
    [("গ্রাম / ঠিকানা", "line"), ("Phone/Mobile", "phone"), ("মোবাইল (ফোন)", "phone"), ("নাম / মোবাইল", None),
     ("পিতার নাম / ঠিকানা", None)],
)  # fmt: skip
def test_heading_of_several_words_counts_when_all_say_the_same(heading, code):
    assert guess_mapping([[heading, "জেলা"]], 1, customer_columns())[0].get("0") == code


def test_signature_knows_the_same_headings_again():
    assert signature_of(["নাম ", "Mobile"]) == signature_of(["নাম", "mobile"]) != signature_of(["নাম"])
    assert signature_of(["", ""]) == ""


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (1100000101.0, "1100000101"),
        (8801100000101.0, "8801100000101"),
        (2.5, "2.5"),
        (True, "1"),
        (None, ""),
        ("'=1", "=1"),
    ],
)
def test_cell_as_text(cell, text):
    assert cell_text(cell) == text


def workbook(rows, **second):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("Customers")
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write(number, column, cell)
    book.close()
    return out.getvalue()


def test_workbook_with_numbers_that_lost_their_zero(tmp_path):
    path = tmp_path / "list.xlsx"
    path.write_bytes(workbook([["Name", "Phone"], ["Rahim", 1100000101], ["করিম", "০১১০০০০০১০২"]]))
    kind, layout, height = find_layout(path)
    assert (kind, layout["sheet"], height) == ("sheet", "Customers", 3)
    assert list(all_rows(path, kind, layout)) == [["Name", "Phone"], ["Rahim", "1100000101"], ["করিম", "০১১০০০০০১০২"]]


def test_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (30 * 1024 * 1024))
    assert path.stat().st_size < 100_000
    with pytest.raises(DomainError, match="bad_workbook"):
        find_layout(path)


def write_cells(path, cells):
    book = xlsxwriter.Workbook(str(path))
    book.add_worksheet("Empty")
    sheet = book.add_worksheet("People")
    for row, column, cell in cells:
        sheet.write(row, column, cell)
    book.close()


def test_sheet_that_begins_below_and_to_the_right(tmp_path):
    path = tmp_path / "list.xlsx"
    write_cells(path, [(2, 1, "Name"), (2, 2, "Phone"), (4, 1, "Rahim"), (4, 2, 1100000101)])
    kind, layout, height = find_layout(path)
    assert (layout["sheet"], layout["sheets"], height) == ("People", ["Empty", "People"], 5)
    blank = ["", "", ""]
    rows = [blank, blank, ["", "Name", "Phone"], blank, ["", "Rahim", "1100000101"]]
    assert list(all_rows(path, kind, layout)) == rows


def test_letter_far_out_is_refused_before_memory_is_taken(tmp_path):
    path = tmp_path / "wide.xlsx"
    write_cells(path, [(0, 0, "Name"), (1_048_575, 16_383, "x")])
    assert path.stat().st_size < 20_000
    with pytest.raises(DomainError, match="bad_workbook"):
        find_layout(path)
    # A whole column of Excel's is a list like any other.
    write_cells(path, [(0, 0, "Name"), (1_048_575, 9, "x")])
    assert find_layout(path)[2] == 1_048_576


@pytest.mark.parametrize("data", [b"PK\x03\x04 rubbish", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 rubbish"])
def test_broken_workbook_is_refused_in_words(tmp_path, data):
    path = tmp_path / "broken.xlsx"
    path.write_bytes(data)
    with pytest.raises(DomainError, match="bad_workbook"):
        find_layout(path)


def read(**values):
    return read_customer(7, {code: [cell] for code, cell in values.items()}, region="BD", system="old")


def test_row_with_two_numbers_in_one_cell():
    row = read(name="রহিম উদ্দিন", phone="০১১০০-০০০১০১, 01100000102 (স্বামী)", external_id="AB 12")
    assert [(one.value, one.label) for one in row.record.contacts] == [
        ("+8801100000101", ""),
        ("+8801100000102", "স্বামী"),
    ]
    assert row.record.name_bn == "রহিম উদ্দিন"
    assert row.keys == ("phone:+8801100000101", "phone:+8801100000102", "id:old:ab12")
    assert row.issues == []


def test_lost_zero_is_mended_and_said():
    row = read(name="Karim", phone="1100000103")
    assert row.record.contacts[0].value == "+8801100000103"
    assert [issue.code for issue in row.issues] == ["lost_zero"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"phone": "0110000"}, "phone_too_short"),
        ({"name": "A", "phone": "call him"}, "phone_not_a_number"),
        ({"name": "A", "email": "nobody"}, "email_invalid_email"),
        ({"note": "who is this"}, "nothing_known"),
        ({"name": "A" * 121}, "too_long"),
        ({"name": "A", "language": "klingon"}, "unknown_choice"),
    ],
)
def test_bad_row_says_why(values, code):
    row = read(**values)
    assert row.record is None
    assert [issue.code for issue in row.issues] == [code]


@pytest.mark.parametrize("nothing", ["-", "N/A", "নাই", "0", "null", " "])
def test_words_for_nothing_are_nothing(nothing):
    row = read(name="Karim", phone=nothing, email=nothing)
    assert (row.record.contacts, row.issues) == ([], [])

"""SMS parts against the table of the requirements and an own one, in Python and in the script of the page."""

import csv
import json
import os
import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halkhata.engines.messaging.texting.segments import room_left, sms_form, sms_size

ROOT = Path(__file__).parents[4]
REFERENCE = Path(os.environ.get("HALKHATA_REFERENCE_DIR", ROOT / "tests" / "reference"))
ENCODINGS = {"GSM-7": "gsm7", "UCS-2": "ucs2"}
pytestmark = pytest.mark.one_database


def _rows(file):
    with file.open(encoding="utf-8", newline="") as table:
        return [
            (row["text"], (ENCODINGS[row["encoding"]], int(row["units"]), int(row["segments"])))
            for row in csv.DictReader(table)
        ]


def _own():
    return _rows(ROOT / "tests" / "tables" / "sms_texts.csv")


@pytest.mark.reference
def test_reference_table_row_by_row():
    rows = _rows(REFERENCE / "sms_segments.csv")
    assert len(rows) >= 19
    for text, expected in rows:
        size = sms_size(sms_form(text))
        assert (size.encoding, size.units, size.segments) == expected, text


def test_own_table_row_by_row():
    rows = _own()
    assert len(rows) == 10
    for text, expected in rows:
        size = sms_size(sms_form(text))
        assert (size.encoding, size.units, size.segments) == expected, text


def test_letters_in_two_pieces_are_sent_in_one_and_mean_the_same():
    for apart, whole in (("\u09a1\u09bc", "\u09dc"), ("\u09a2\u09bc", "\u09dd"), ("\u09af\u09bc", "\u09df")):
        assert sms_form(apart) == sms_form(whole) == whole
        assert unicodedata.normalize("NFC", whole) == apart


@given(st.text(max_size=200))
def test_form_that_is_sent_is_final_and_never_longer(text):
    sent = sms_form(text)
    assert sms_form(sent) == sent
    assert sms_size(sent).units <= sms_size(unicodedata.normalize("NFC", sent)).units


@given(st.text(alphabet="ab{€ক🙂", max_size=400))
def test_parts_hold_all_units_and_the_room_is_what_still_fits(text):
    size = sms_size(text)
    assert size.segments == 0 if not text else size.segments >= 1
    part = 153 if size.encoding == "gsm7" else 67
    assert size.units <= max(160 if size.encoding == "gsm7" else 70, size.segments * part)
    assert room_left(size) >= 0


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_script_of_the_page_counts_like_the_server():
    texts = [text for text, _expected in _own()] + ["a" * 161, "{" * 81, "ক" * 135, "😀" * 67, "", "a\r\nb  \n", "é€"]
    script = f"""
        globalThis.document = {{ getElementById: () => null }};
        const {{ smsForm, smsSize }} = await import({json.dumps((ROOT / "frontend/src/js/smsmeter.js").as_uri())});
        console.log(JSON.stringify({json.dumps(texts)}.map((text) => smsSize(smsForm(text)))));
    """
    answer = subprocess.run(
        ["node", "--input-type=module", "-e", script], capture_output=True, text=True, check=True, timeout=60
    )
    for text, found in zip(texts, json.loads(answer.stdout), strict=True):
        size = sms_size(sms_form(text))
        expected = (size.encoding == "gsm7", size.units, size.segments, room_left(size))
        assert (found["latin"], found["units"], found["parts"], found["room"]) == expected, text

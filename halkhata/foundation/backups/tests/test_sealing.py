"""The sealed stream: whatever is done to an archive, not one wrong byte comes out of it."""

import io
import json
import os
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halkhata.foundation.backups.archive import keys, sealing
from halkhata.foundation.backups.archive.keys import Secret, new_key, read_key, write_key
from halkhata.foundation.backups.archive.sealing import CHUNK, TAG, SealingWriter, UnsealingReader
from halkhata.foundation.backups.errors import ArchiveDamaged, BackupRefused

KEY = bytes(range(32))
pytestmark = pytest.mark.one_database


def sealed(plain: bytes, secret: Secret | None = None) -> bytes:
    target = io.BytesIO()
    writer = SealingWriter(target, secret or Secret(key=KEY), {"version": "test"})
    writer.write(plain)
    writer.finish()
    return target.getvalue()


def opened(data: bytes, secret: Secret | None = None) -> bytes:
    reader = UnsealingReader(io.BytesIO(data), secret or Secret(key=KEY))
    return b"".join(iter(lambda: reader.read(300_000), b""))


def body_of(data: bytes) -> int:
    """Where the first chunk begins."""
    at = len(sealing.MAGIC)
    return at + 4 + int.from_bytes(data[at : at + 4], "big") + sealing.SEAL


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 17])
def test_what_goes_in_comes_out_at_every_edge_of_a_chunk(size):
    plain = os.urandom(size)
    assert opened(sealed(plain)) == plain


def test_two_archives_of_the_same_data_share_no_byte_of_body():
    first, second = sealed(b"x" * 1000), sealed(b"x" * 1000)
    assert first[body_of(first) :] != second[body_of(second) :]
    assert b"x" * 20 not in first


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_one_flipped_bit_anywhere_is_refused(data):
    whole = bytearray(sealed(b"precious " * 5000))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises((ArchiveDamaged, BackupRefused)):
        opened(bytes(whole))


@pytest.fixture(scope="module")
def three_chunks() -> bytes:
    return sealed(bytes(CHUNK) + b"\x01" * CHUNK + b"\x02" * 100)


def chunks(whole: bytes) -> tuple[bytes, list[bytes]]:
    begin = body_of(whole)
    rest = whole[begin:]
    return whole[:begin], [rest[at : at + CHUNK + TAG] for at in range(0, len(rest), CHUNK + TAG)]


def test_cut_at_a_chunks_end_is_called_cut_off(three_chunks):
    head, parts = chunks(three_chunks)
    for kept in (1, 2):
        with pytest.raises(ArchiveDamaged) as refused:
            opened(head + b"".join(parts[:kept]))
        assert refused.value.code == "archive_cut_off"


@pytest.mark.parametrize("missing", [1, 15, 16, 17, 100, CHUNK])
def test_cut_anywhere_is_refused(three_chunks, missing):
    with pytest.raises(ArchiveDamaged):
        opened(three_chunks[:-missing])


def test_exchanged_doubled_and_left_out_chunks_are_refused(three_chunks):
    head, (first, second, last) = chunks(three_chunks)
    for parts in ([second, first, last], [first, first, second, last], [first, last], [second, last]):
        with pytest.raises(ArchiveDamaged):
            opened(head + b"".join(parts))


def test_something_appended_is_called_longer(three_chunks):
    head, parts = chunks(three_chunks)
    full = sealed(bytes(2 * CHUNK))  # ends with a whole chunk, so that what follows begins a new one
    with pytest.raises(ArchiveDamaged) as refused:
        opened(full + b"more")
    assert refused.value.code == "archive_longer"
    with pytest.raises(ArchiveDamaged):
        opened(head + b"".join(parts) + b"\x00")


def test_chunks_of_another_archive_under_the_same_key_are_refused(three_chunks):
    head, parts = chunks(three_chunks)
    _other_head, other = chunks(sealed(bytes(2 * CHUNK + 100)))
    with pytest.raises(ArchiveDamaged):
        opened(head + parts[0] + other[1] + parts[2])
    with pytest.raises(ArchiveDamaged):
        opened(_other_head + b"".join(parts))


def test_wrong_key_missing_key_and_no_archive_are_told_apart():
    whole = sealed(b"data")
    for secret, code in ((Secret(key=bytes(32)), "wrong_key"), (Secret(passphrase="x"), "key_missing")):
        with pytest.raises((ArchiveDamaged, BackupRefused)) as refused:
            opened(whole, secret)
        assert refused.value.code == code
    with pytest.raises(ArchiveDamaged) as refused:
        opened(b"PK\x03\x04 something else entirely")
    assert refused.value.code == "no_archive"


def test_passphrase_opens_and_another_does_not(monkeypatch):
    monkeypatch.setattr(keys, "SCRYPT_N", 2**10)
    whole = sealed(b"data", Secret(passphrase="আমার গোপন বাক্য"))
    assert opened(whole, Secret(passphrase="আমার গোপন বাক্য")) == b"data"
    with pytest.raises(ArchiveDamaged) as refused:
        opened(whole, Secret(passphrase="other"))
    assert refused.value.code == "wrong_passphrase"


def test_forged_header_cannot_make_us_compute_for_hours(monkeypatch):
    monkeypatch.setattr(keys, "SCRYPT_N", 2**10)
    whole = sealed(b"data", Secret(passphrase="p"))
    at = len(sealing.MAGIC)
    size = int.from_bytes(whole[at : at + 4], "big")
    header = json.loads(whole[at + 4 : at + 4 + size])
    for n in (2**30, 0, -4, 1000, "x"):
        raw = json.dumps({**header, "n": n}).encode()
        forged = whole[:at] + len(raw).to_bytes(4, "big") + raw + whole[at + 4 + size :]
        with pytest.raises(ArchiveDamaged) as refused:
            opened(forged, Secret(passphrase="p"))
        assert refused.value.code == "header_changed"


def test_key_survives_being_copied_by_hand():
    key = new_key()
    text = write_key(key)
    assert len(text.split("-")) == 8
    assert read_key(text) == read_key(f"  {text.upper().replace('-', ' ')}\n") == key
    for wrong in ("", "abc", text[:-1], text + "0", text.replace(text[0], "g", 1)):
        with pytest.raises(ValueError):
            read_key(wrong)


def test_memory_stays_small_however_long_the_stream(tmp_path):
    piece = os.urandom(CHUNK)
    tracemalloc.start()
    with (tmp_path / "a").open("wb") as target:
        writer = SealingWriter(target, Secret(key=KEY), {})
        for _ in range(48):
            writer.write(piece)
        writer.finish()
    with (tmp_path / "a").open("rb") as source:
        reader = UnsealingReader(source, Secret(key=KEY))
        target_buffer = bytearray(CHUNK)
        while reader.readinto(target_buffer):
            pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12 * CHUNK


def test_twin_without_the_last_mark_would_take_a_cut_archive(monkeypatch):
    """What the mark of the last chunk is for: with the nonce made of the number alone a cut goes unnoticed."""
    monkeypatch.setattr(sealing, "_nonce", lambda count, *, last: count.to_bytes(12, "big"))
    head, parts = chunks(sealed(bytes(CHUNK) + b"\x01" * CHUNK + b"\x02" * 100))
    assert opened(head + parts[0]) == bytes(CHUNK)

"""Storing by content, and handing out to nobody who may not see it."""

import hashlib
import io
import os
import stat
from pathlib import Path

import pytest
from django.test import Client
from PIL import Image

from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.jobs.worker import run_until_quiet
from halkhata.foundation.files.models import StoredFile
from halkhata.foundation.files.registry import file_guards
from halkhata.foundation.files.services import images, storing
from halkhata.foundation.files.services.blobs import blob_path
from halkhata.foundation.files.services.content_types import content_type_of
from halkhata.foundation.files.services.storing import read_file, shown_name, store_file


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


@pytest.fixture
def guard():
    """A guard of the tests' own: the pairs (user id, file id) that are let through."""
    allowed: set[tuple[int, int]] = set()
    file_guards.register("test-guard", lambda user, file_id: (user.pk, file_id) in allowed)
    yield allowed
    del file_guards._entries["test-guard"]


def picture(kind: str = "PNG", size: tuple[int, int] = (800, 400)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#a01c32").save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (picture("PNG"), "image/png"),
        (picture("JPEG"), "image/jpeg"),
        (b"%PDF-1.7\n%stuff", "application/pdf"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image/svg+xml"),
        (b"<?xml version='1.0'?><!-- x --><svg onload='alert(1)'/>", "image/svg+xml"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><a/>", "application/xml"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "text/html"),
        (b"   \n<!-- -->\n<SCRIPT>alert(1)</SCRIPT>", "text/html"),
        ("<html><body onload=alert(1)>".encode("utf-16"), "text/html"),
        ("অভিযোগের কপি".encode(), "text/plain"),
        (b"\x00\x01\x02\x03" * 20, "application/octet-stream"),
        (b"\xff\xfe\xfd plain broken \xff", "application/octet-stream"),
    ],
)
def test_type_is_told_from_the_bytes(data, expected):
    assert content_type_of(data) == expected


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\win.ini", "win.ini"),
        ("/etc/shadow", "shadow"),
        ("....//....//x.png", "x.png"),
        ("..", "file"),
        ("", "file"),
        (".htaccess", "htaccess"),
        ("মেমোর ছবি.jpg", "মেমোর ছবি.jpg"),
        ("a\r\nSet-Cookie: x=1.png", "a Set-Cookie_ x=1.png"),
        ("evil\u202egnp.exe", "evilgnp.exe"),
        ("nul\x00byte.txt", "nulbyte.txt"),
        ('quo"te.txt', "quo_te.txt"),
    ],
)
def test_name_is_only_a_name(given, shown):
    assert shown_name(given) == shown


def test_stored_bytes_lie_under_their_digest_for_the_owner_of_the_process_only(db, folder):
    data = b"some plain text"
    file = store_file(name="../../../tmp/x.txt", data=data)
    digest = hashlib.sha256(data).hexdigest()
    assert (file.path, file.sha256, file.size) == (f"{digest[:2]}/{digest[2:4]}/{digest}", digest, len(data))
    on_disk = folder / file.path
    assert stat.S_IMODE(os.stat(on_disk).st_mode) == 0o600
    assert read_file(file) == data
    assert [path for path in folder.rglob("*") if path.is_file() and path.name != ".lock"] == [on_disk]


def test_equal_bytes_lie_on_disk_once(db, folder):
    first, second = store_file(name="a.txt", data=b"same"), store_file(name="b.txt", data=b"same")
    assert first.pk != second.pk
    assert first.path == second.path
    assert len([path for path in folder.rglob("*") if path.is_file() and path.name != ".lock"]) == 1


def test_too_large_and_empty_files_are_refused(db, monkeypatch):
    monkeypatch.setattr(storing, "MAX_SIZE", 10)
    for data, code in ((b"x" * 11, "file_too_large"), (b"", "file_empty")):
        with pytest.raises(DomainError) as refused:
            store_file(name="x", data=data)
        assert refused.value.code == code
    assert StoredFile.objects.count() == 0


def test_file_that_rotted_or_vanished_is_not_handed_out(db, folder):
    file = store_file(name="a.txt", data=b"precious")
    (folder / file.path).write_bytes(b"rotten!!")
    with pytest.raises(NotFound):
        read_file(file)
    (folder / file.path).unlink()
    with pytest.raises(NotFound):
        read_file(file)


def test_path_that_leads_out_of_the_folder_is_never_opened(folder):
    for path in ("../outside", "/etc/passwd", "aa/../../outside"):
        with pytest.raises(ValueError):
            blob_path(path)


def test_thumbnail_is_small_webp_and_made_by_a_job(db):
    file = store_file(name="big.png", data=picture(size=(1600, 900)))
    assert file.is_image
    assert file.thumbnail_path == ""
    run_until_quiet()
    file.refresh_from_db()
    with Image.open(blob_path(file.thumbnail_path)) as small:
        assert (small.format, small.size) == ("WEBP", (320, 180))


def test_bomb_and_broken_pictures_are_kept_but_never_drawn(db, monkeypatch):
    monkeypatch.setattr(images, "MAX_PIXELS", 1000)
    assert not store_file(name="bomb.png", data=picture(size=(100, 100))).is_image
    assert not store_file(name="cut.png", data=picture()[:60]).is_image
    run_until_quiet()
    assert not StoredFile.objects.exclude(thumbnail_path="").exists()


def test_anonymous_is_sent_to_sign_in(shop):
    file = store_file(name="a.txt", data=b"x")
    assert Client().get(f"/files/{file.pk}/a.txt")["Location"].startswith("/sign-in/")


def test_foreign_nobodys_and_missing_file_answer_alike(shop, client_as, guard):
    file = store_file(name="a.txt", data=b"secret content")
    guard.add((shop.agent.pk, file.pk))
    assert client_as(shop.agent).get(f"/files/{file.pk}/a.txt").content == b"secret content"
    other = client_as(shop.agent2)
    answers = [other.get(f"/files/{pk}/a.txt") for pk in (file.pk, file.pk + 1000)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].context["error"].code == answers[1].context["error"].code == "not_found"
    assert not any(b"a.txt" in answer.content.replace(b"/a.txt", b"") for answer in answers)
    assert other.get(f"/files/{file.pk}/thumbnail/").status_code == 404


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("page.html", b"<!DOCTYPE html><script>alert(1)</script>"),
        ("photo.png", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("note.txt", b"just text"),
        ("doc.xml", b"<?xml version='1.0'?><x/>"),
        ("real.png", picture()),
        ("memo.pdf", b"%PDF-1.4\n..."),
    ],
)
def test_nothing_a_person_sent_is_ever_a_page_of_ours(shop, client_as, guard, name, data):
    file = store_file(name=name, data=data)
    guard.add((shop.agent.pk, file.pk))
    response = client_as(shop.agent).get(f"/files/{file.pk}/{name}")
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert "no-store" in response["Cache-Control"]
    assert response["Content-Type"] in {"application/octet-stream", "image/png", "application/pdf"}
    if b"<" in data[:20]:
        assert response["Content-Type"] == "application/octet-stream"


def test_bengali_name_reaches_the_browser_whole(shop, client_as, guard):
    file = store_file(name="মেমো ১.pdf", data=b"%PDF-1.4\n...")
    guard.add((shop.agent.pk, file.pk))
    header = client_as(shop.agent).get(f"/files/{file.pk}/x")["Content-Disposition"]
    assert header == "attachment; filename*=utf-8''%E0%A6%AE%E0%A7%87%E0%A6%AE%E0%A7%8B%20%E0%A7%A7.pdf"


def test_crash_after_the_bytes_leaves_no_row_and_a_second_try_works(db, monkeypatch, folder):
    def explode(*args, **kwargs):
        raise RuntimeError("killed")

    monkeypatch.setattr(StoredFile.objects, "create", explode)
    with pytest.raises(RuntimeError):
        store_file(name="a", data=b"payload")
    monkeypatch.undo()
    assert StoredFile.objects.count() == 0
    assert not list(Path(folder).rglob(".part-*"))
    assert read_file(store_file(name="a", data=b"payload")) == b"payload"

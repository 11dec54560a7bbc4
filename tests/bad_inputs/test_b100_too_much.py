"""B61 and B100: one request that is too long, too deep or too strange ends in time, and the next is served."""

import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

SECONDS = 2.0
NAMES = [
    "../../etc/passwd",
    "..\\..\\x",
    "%2e%2e%2fx",
    "%252e%252e%252fx",
    "/etc/passwd",
    "a\x00b",
    "x" * 4096,
    "C:\\x",
    ".",
]


def took(call):
    begun = time.process_time()
    answer = call()
    return answer, time.process_time() - begun


@pytest.mark.parametrize(
    "query",
    ["a " * 10_000, "ক" * 20_000, "(" * 20_000, "%" * 5_000, "a" * 100_000, "*" * 10_000, "\u0301" * 20_000],
    ids=["terms", "bengali", "brackets", "percent", "letters", "stars", "accents"],
)
@pytest.mark.parametrize("path", ["/search/", "/customers/", "/work/queue/"])
def test_endless_search_ends_in_time(records, as_role, path, query):
    client = as_role("owner")
    client.get(path)
    answer, seconds = took(lambda: client.get(path, {"q": query}))
    assert answer.status_code in {200, 302, 400, 422}
    assert seconds < SECONDS


@pytest.mark.parametrize(
    "path", ["//", "//path", "/" * 3000, "/%2f%2f", "/..//..//", "/customers//", "/customers/%00/"]
)
def test_strange_path_is_not_found_in_time(records, path):
    answer, seconds = took(lambda: Client().get(path))
    assert answer.status_code in {301, 302, 400, 404}
    assert seconds < SECONDS


def test_form_with_thousands_of_fields_is_refused(records, as_role):
    answer, seconds = took(lambda: as_role("owner").post("/me/", {f"f{number}": "x" for number in range(3000)}))
    assert answer.status_code == 400
    assert seconds < SECONDS


@pytest.mark.parametrize("depth", [2_000, 100_000])
def test_deep_json_is_refused_in_time(records, depth):
    from tests.permissions.walk import walker

    client = walker("owner", records).key_client
    body = '{"subject":' + "[" * depth + "]" * depth + "}"
    answer, seconds = took(lambda: client.generic("POST", "/api/v1/tickets", body, content_type="application/json"))
    assert answer.status_code in {400, 413, 422}
    assert seconds < SECONDS


@pytest.mark.parametrize("name", NAMES, ids=lambda name: repr(name)[:12])
def test_name_of_a_file_never_becomes_a_path(records, as_role, settings, name):
    """B61: an upload is stored under its digest, whatever it is called."""
    from pathlib import Path

    from halkhata.foundation.files.models import StoredFile

    number = records.own["ticket"].number
    upload = SimpleUploadedFile("x.txt", f"words {name[:9]!r}".encode())
    upload._name = name
    as_role("complaint_officer").post(f"/tickets/{number}/note/", {"body": "see file", "attachments": upload})
    root = Path(settings.MEDIA_ROOT).resolve()
    for file in StoredFile.objects.all():
        assert (root / file.path).resolve().is_relative_to(root)
        assert file.sha256[4:] in file.path
        assert not set("/\\\x00") & set(file.original_name)
        assert file.original_name not in {"", ".", ".."}


@pytest.mark.parametrize("name", NAMES, ids=lambda name: repr(name)[:12])
def test_name_in_an_address_opens_no_other_file(records, as_role, name):
    from urllib.parse import quote

    file = records.own["file"]
    client = as_role("complaint_officer")
    for written in (quote(name, safe=""), quote(name)):
        answer = client.get(f"/files/{file.pk}/{written}")
        assert answer.status_code in {200, 301, 302, 400, 404}
        assert b"root:" not in answer.content
        if answer.status_code == 200 and answer.headers["Content-Type"] == "image/png":
            assert answer.content.startswith(b"\x89PNG")

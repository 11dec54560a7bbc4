"""Headers of every page of the matrix (the baseline's 21, 23, 42), and what errors tell (45)."""

import ast
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from tests.permissions.matrix import OPEN, rows
from tests.permissions.walk import walker

FRAMED = {"portal:embedded_complaint", "portal:embedded_thanks"}
# Pages of ours that stand in a frame on a page of ours.
FRAMED_BY_US = {"messaging:original", "feedback:preview"}


@pytest.fixture(scope="module")
def answers(walked):
    """Every address as the owner sees it: name -> response."""
    one = walker("owner", walked)
    found = {}
    for name, row in rows().items():
        if "GET" not in row.rights or name in {"web:live", "api_nowhere"}:
            continue
        args = walked.kinds[row.record].own_of(one.user) if row.record else ()
        client = one.key_client if row.is_api else one.client
        found[name] = client.get(reverse(name, args=args))
    return found


@pytest.mark.django_db
def test_every_answer_says_what_it_is_and_may_not_be_guessed(answers):
    wrong = [
        name
        for name, answer in answers.items()
        if answer.status_code == 200
        and (answer.get("X-Content-Type-Options") != "nosniff" or not answer.get("Content-Type"))
    ]
    assert wrong == []
    assert len(answers) > 100


@pytest.mark.django_db
def test_every_page_has_a_policy_without_inline_script(answers):
    wrong = {}
    for name, answer in answers.items():
        if answer.status_code != 200 or not answer.get("Content-Type", "").startswith("text/html"):
            continue
        policy = dict(part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";"))
        script = policy.get("script-src", policy.get("default-src", "'none'" if "sandbox" in policy else "missing"))
        if script not in {"'self'", "'none'"}:
            wrong[name] = script
        framed = policy.get("frame-ancestors", "'none'" if "sandbox" in policy else "missing")
        allowed = {"*"} if name in FRAMED else {"'self'"} if name in FRAMED_BY_US else {"'none'"}
        if framed not in allowed:
            wrong[f"{name} frames"] = framed
        if answer.get("Referrer-Policy") not in {"same-origin", "no-referrer"}:
            wrong[f"{name} referrer"] = answer.get("Referrer-Policy")
    assert wrong == {}


@pytest.mark.django_db
def test_nothing_of_somebody_signed_in_is_kept_by_a_cache(answers):
    wrong = {
        name: answer.get("Cache-Control")
        for name, answer in answers.items()
        if OPEN not in rows()[name].rights.values()
        and name != "files:thumbnail"
        and not {"no-store", "private"} & set((answer.get("Cache-Control") or "").replace(" ", "").split(","))
    }
    assert wrong == {}
    assert answers["files:thumbnail"]["Cache-Control"].startswith("private")


@pytest.mark.django_db
def test_error_tells_nothing_of_the_inside(walked, monkeypatch):
    from halkhata.doors.web.views import search

    def broken(*_args, **_kwargs):
        raise RuntimeError("canary-of-the-inside")

    monkeypatch.setattr(search, "render", broken)
    one = walker("owner", walked)
    answer = one.client.get("/search/?q=zz")
    assert answer.status_code == 500
    text = answer.content.decode()
    assert "canary-of-the-inside" not in text
    assert "Traceback" not in text
    assert "/halkhata/" not in text
    assert Client().get("/no-such-page/").status_code == 404


@pytest.mark.one_database
def test_product_imports_nothing_of_the_tests():
    """The baseline's 43: no code of tests, and no tool of development, in what is installed."""
    root = Path(__file__).resolve().parents[2]
    wrong = []
    for path in [*(root / "halkhata").rglob("*.py"), *(root / "config").rglob("*.py")]:
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            wrong += [
                f"{path.relative_to(root)}: {name}"
                for name in names
                if name.split(".")[0] in {"tests", "pytest", "hypothesis", "playwright", "time_machine", "aiosmtpd"}
                or name.startswith("django.test")
            ]
    assert wrong == []

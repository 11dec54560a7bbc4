"""Peers: what is kept of a request, an answer and an error, and how it stands in the table. Nothing is installed."""

import re
from contextlib import contextmanager

import pytest

from bench.client import Answer
from bench.peers import measuring
from bench.report.beside_peers import peer_rows


@pytest.mark.parametrize(("seconds", "times"), [(0.004, 200), (0.3, 200), (0.4, 150), (1.5, 40), (6.0, 10), (90.0, 5)])
def test_slow_page_is_asked_for_less_often(seconds, times):
    assert measuring.requests_for(seconds, 200) == times


def test_small_run_stays_small_for_slow_pages():
    assert measuring.requests_for(1.5, 8) == 8


def test_number_in_a_body_never_comes_twice():
    request = measuring.request_of({"path": "/new", "method": "POST", "body": '{"name": "Fridge {n}"}'})
    bodies = [request.body()[0].decode() for _turn in range(3)]
    assert len(set(bodies)) == 3
    assert all(re.fullmatch(r'\{"name": "Fridge \d+"\}', body) for body in bodies)


def test_body_without_number_is_sent_as_it_is():
    request = measuring.request_of({"path": "/new", "method": "POST", "headers": {"A": "b"}, "body": "name=ফ্রিজ"})
    assert (request.body, request.method, request.headers) == ("name=ফ্রিজ".encode(), "POST", {"A": "b"})


def answer(status: int, body: str = "", **headers: str) -> Answer:
    return Answer(status, headers, body.encode(), 0.01)


@pytest.mark.parametrize(
    ("case", "given", "wrong"),
    [
        ({"has": "rows"}, answer(200, "rows: 3"), ""),
        ({"has": "rows"}, answer(200, "error"), "without “rows”"),
        ({"without": '"count":0'}, answer(200, '{"count":0}'), "answer has"),
        ({}, answer(500, "broken"), "status 500: broken"),
        ({}, answer(302, location="/login/"), "status 302"),
        ({"goes_to": "/requests/"}, answer(302, location="/en/requests/"), ""),
        ({"goes_to": "/requests/"}, answer(302, location="/login/"), "/login/"),
        ({"goes_to": "/requests/"}, answer(200, "the form with errors"), "status 200"),
    ],
)
def test_answer_is_judged(case, given, wrong):
    said = measuring.complaint(case, given)
    assert (wrong in said) if wrong else said == ""


def test_request_says_what_its_own_answer_has(monkeypatch):
    class Product:
        def __init__(self, *_where):
            pass

        def send(self, request):
            return answer(200, "all customers" if request.path == "/bench-b1/" else f"rows of {request.path}")

    monkeypatch.setattr(measuring, "Connection", Product)
    monkeypatch.setattr("bench.client.Connection", Product)
    requests = [{"path": "/?q=Karim", "has": "Karim"}, {"path": "/?q=Salma", "has": "Salma"}]
    found = measuring._case(1, {"name": "W5 search", "requests": requests}, {}, 8)
    assert found["one_by_one"]["n"] == found["B1"]["n"] == 8
    requests[1]["has"] = "Rahima"
    found = measuring._case(1, {"name": "W5 search", "requests": requests}, {}, 8)
    assert "without “Rahima”" in found["error"]


@pytest.mark.parametrize(("first", "times"), [(11.0, 3), (61.0, 1)])
def test_very_slow_page_is_asked_for_a_few_times_with_the_bare_one_after_each(first, times):
    sent = []

    class Product:
        def send(self, request):
            sent.append(request.path)
            return Answer(200, {}, b"bare" if request.path == "/bench-b1/" else b"slow", 0.01)

    slow = [measuring.request_of({"path": f"/{number}"}) for number in range(2)]
    taken = measuring._few(Product(), "slow", slow, Answer(200, {}, b"", first), lambda _name, _answer: None)
    assert [path for path in sent if path != "/bench-b1/"] == ["/1", "/0", "/1"][:times]
    assert taken["slow"]["n"] == times
    assert taken["slow"]["bytes"] == 4
    assert taken["B1"]["n"] == 10 * times


def test_peer_is_served_anew_after_a_page_that_was_given_up(monkeypatch):
    begun = []

    @contextmanager
    def served(*_what):
        begun.append(len(begun))
        yield len(begun)

    def case(port, one, _facts, _requests):
        slow = {"error": "no answer within 120 s", "given_up": True}
        return {"name": one["name"], **(slow if one["name"] == "slow" else {"ratio": port})}

    monkeypatch.setattr(measuring, "served", served)
    monkeypatch.setattr(measuring, "_case", case)
    facts = {"cases": [{"name": name} for name in ("one", "slow", "two", "three")]}
    assert measuring._cases(None, "other", {}, facts, 8) == [
        {"name": "one", "ratio": 1},
        {"name": "slow", "error": "no answer within 120 s"},
        {"name": "two", "ratio": 2},
        {"name": "three", "ratio": 2},
    ]


def test_error_is_named_by_its_last_line():
    said = "Traceback (most recent call last):\n  File 'a.py', line 1\nModuleNotFoundError: No module named 'dotenv'\n"
    assert measuring.last_line(said) == "ModuleNotFoundError: No module named 'dotenv'"
    pip = "ERROR: No matching distribution found for x\n[notice] A new release of pip is available\n"
    assert measuring.last_line(pip) == "ERROR: No matching distribution found for x"
    assert measuring.last_line("") == "no words"


def figures(n: int) -> dict[str, float]:
    return {"n": n, "median_ms": 25.04, "p95_ms": 40.0, "mean_ms": 26.0, "bytes": 1234}


def test_rows_of_a_peer_carry_ratio_count_and_errors():
    result = {
        "version": "1.2",
        "as_installed": "ModuleNotFoundError: No module | named 'x'",
        "notes": ["JSON only."],
        "cases": [
            {"name": "W2 list", "ratio": 5.0, "one_by_one": figures(200), "B1": figures(200)},
            {"name": "W6 home", "ratio": 90.5, "one_by_one": figures(7), "B1": figures(7)},
            {"name": "W4 create", "error": "RuntimeError: status 500:\n oops"},
        ],
    }
    assert peer_rows("other", result) == [
        "| other 1.2 | its declared packages alone "
        "| does not run as installed: ModuleNotFoundError: No module / named 'x' | – |",
        "| other 1.2 | W2 list | 5 × | 25.0 / 40.0 ms, 1.2 kB; B1 25.0 ms |",
        "| other 1.2 | W6 home | 90.5 × | 25.0 / 40.0 ms (n = 7), 1.2 kB; B1 25.0 ms |",
        "| other 1.2 | W4 create | failed: RuntimeError: status 500: oops | – |",
        "| other 1.2 | note | JSON only. | |",
    ]


def test_peer_that_does_not_start_is_one_row():
    assert peer_rows("other", {"error": "RuntimeError: pip: ERROR: no\nwheel"}) == [
        "| other | – | does not run as installed: RuntimeError: pip: ERROR: no wheel | – |"
    ]


@pytest.mark.parametrize("peer", measuring.known())
def test_packages_of_a_peer_are_pinned_with_hashes_and_name_no_registry(peer):
    folder = measuring.HERE / peer
    for file in (folder / "requirements.txt", folder / "declared.txt"):
        if not file.exists():
            continue
        lines = [line for line in file.read_text().splitlines() if line and not line.lstrip().startswith("#")]
        packages = [line for line in lines if not line.startswith(" ")]
        assert packages
        for place, line in enumerate(lines):
            if not line.startswith(" "):
                assert re.match(r"[A-Za-z0-9._-]+(\[[a-z,]+\])?==\S+ \\$", line), line
                assert lines[place + 1].startswith("    --hash=sha256:"), line
        assert not re.search(r"://|--index|--find-links|--trusted", file.read_text())
    for file in ("seed.py", "facts.py", "served.py", "README.md", "requirements.in"):
        assert (folder / file).exists(), file

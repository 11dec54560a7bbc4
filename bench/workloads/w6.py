"""W6: the home page after sign-in, and what a first and a later visit weigh."""

import gzip
import re
from urllib.parse import urljoin

from bench.case import Case, Facts, page
from bench.client import Connection, Request

TITLE = "Home page after sign-in"
BAR = 8.0
FIRST_VISIT_KB, LATER_VISIT_KB = 220, 40
_NAMED = re.compile(r"""<(?:link|script|img|use)\b[^>]*?\b(?:href|src)=["']?(/static/[^"'#\s>]+)""")
_IN_STYLES = re.compile(r"""url\(["']?([^"')#]+)""")


def cases(facts: Facts) -> list[Case]:
    """The home page of the owner, who sees every branch, and of an agent."""
    home = page("/work/")
    return [
        Case("home page, owner", [Request("/")], BAR, wrong=home, statements=20),
        Case("home page, an agent's", [Request("/")], BAR, "agent", home, 20),
    ]


def weigh(port: int, cookie: str) -> dict[str, object]:
    """Compressed kilobytes of a first visit (page, styles, scripts, icons, fonts) and of a later one (the page).

    Every font that the style sheet names is counted, though a browser fetches only those whose letters it meets.
    """
    connection = Connection(port, {"Cookie": cookie, "Accept-Encoding": "gzip, br"})
    html = connection.get("/")
    files: dict[str, int] = {}
    waiting = list(dict.fromkeys(_NAMED.findall(html.text)))
    later = len(html.body)
    while waiting:
        path = waiting.pop(0)
        if path in files:
            continue
        answer = connection.get(path)
        if answer.status != 200:
            raise RuntimeError(f"{path}: status {answer.status}")
        files[path] = len(answer.body)
        if "immutable" not in answer.headers.get("cache-control", "") and "max-age=31536000" not in answer.headers.get(
            "cache-control", ""
        ):
            later += len(answer.body)
        if path.split("?")[0].endswith(".css"):
            plain = Connection(port).get(path, **{"Accept-Encoding": "identity"})
            body = gzip.decompress(plain.body) if plain.headers.get("content-encoding") == "gzip" else plain.body
            waiting += [
                urljoin(path, name) for name in _IN_STYLES.findall(body.decode()) if not name.startswith("data:")
            ]
    first = len(html.body) + sum(files.values())
    return {
        "first_visit_kb": round(first / 1000, 1),
        "later_visit_kb": round(later / 1000, 1),
        "files_kb": {path.rsplit("/", 1)[-1]: round(size / 1000, 1) for path, size in files.items()},
        "met": first <= FIRST_VISIT_KB * 1000 and later <= LATER_VISIT_KB * 1000,
    }

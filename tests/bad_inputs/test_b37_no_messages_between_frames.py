"""B37 and the baseline's 25: no page of ours listens to messages of other frames, so none can be fooled by one."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.one_database

ROOT = Path(__file__).resolve().parents[2]
# A listener for what a window posts, and the posting itself. EventSource has "message" events of its own: not these.
LISTENS = re.compile(
    r"postMessage\s*\(|\bonmessage\b"
    r"|(?:window|self|globalThis|^)\.?\s*addEventListener\(\s*[\"']message[\"']"
)


def places(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if LISTENS.search(line)]


def test_no_script_or_template_listens_to_another_frame():
    files = [*sorted((ROOT / "frontend" / "src").rglob("*.js")), *sorted((ROOT / "halkhata").rglob("*.html"))]
    assert len(files) > 100
    found = {str(file.relative_to(ROOT)): places(file.read_text()) for file in files}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_twin_finds_a_listener():
    assert places('window.addEventListener("message", (event) => take(event.data));')
    assert places("addEventListener('message', take)")
    assert places("parent.postMessage({ height }, '*');")
    assert not places('source.addEventListener("message", show);')

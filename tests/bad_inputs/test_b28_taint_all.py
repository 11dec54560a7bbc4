"""B26, B28, B29, B39: a marker in every text of every model; on no page that Chromium reads is it an element."""

import pytest

from tests.bad_inputs.hostile import Looker, taint

pytestmark = [pytest.mark.needs_chromium, pytest.mark.one_database, pytest.mark.django_db]

# Opened with all their scripts; the others are read by Chromium's parser alone, which is quicker.
OPENED = (
    "web:home", "work:queue", "work:today", "tickets:board", "tickets:detail", "tickets:new", "customers:detail",
    "customers:edit", "web:notifications", "web:audit", "accounts:users", "messaging:quarantine_mail",
)  # fmt: skip


@pytest.mark.parametrize("language", ["en", "bn"])
def test_marker_in_every_text_becomes_an_element_on_no_page(records, as_role, every_page, new_page, language):
    client = as_role("owner")
    columns = taint()
    assert len(columns) > 60, columns
    records.people["owner"].__class__.objects.update(language=language)
    looker = Looker(new_page(language=language), client)
    looker.go("/healthz")
    wrong, seen, shown = {}, 0, 0
    for name, path in every_page.items():
        answer = client.get(path)
        if answer.streaming or not answer.headers.get("Content-Type", "").startswith("text/html"):
            continue
        assert answer.status_code < 500, name
        text = answer.content.decode()
        seen += answer.status_code == 200
        shown += "hkx" in text
        found = looker.page.evaluate(
            "html => [...new DOMParser().parseFromString(html, 'text/html').querySelectorAll("
            "'[hkx], [src^=\\'//evil\\']')]"
            ".map(e => e.outerHTML.slice(0, 200))",
            text,
        )
        if found:
            wrong[name] = found
        if "{{7*7}}" not in text and ("49$" in text or "49#" in text):
            wrong[name] = ["a template was computed"]
    assert wrong == {}
    assert seen > 80
    assert shown > 40
    for name in OPENED:
        looker.go(every_page[name])
        looker.page.wait_for_timeout(150)
        assert looker.elements() == 0, name
    assert looker.dialogs == []
    assert looker.abroad == []

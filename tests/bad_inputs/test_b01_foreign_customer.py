"""B01, B03: knowing somebody's number or e-mail address gives nobody the customer of another branch."""

import re

import pytest

CANARIES = ("Customer there", "there@example.com", "01100222222", "1100222222", "Ticket there", "Firm there")
_TOKENS = re.compile(r'data-now="[^"]*"|csrfmiddlewaretoken" value="[^"]*"|X-CSRFToken[^}]*')


def lookups(text):
    return [
        f"/search/?q={text}", f"/customers/?q={text}", f"/customers/organizations/?q={text}", f"/tickets/?q={text}",
        f"/work/queue/?q={text}", f"/customers/new/?phone={text}", f"/tickets/new/?phone={text}",
    ]  # fmt: skip


@pytest.mark.parametrize("who", ["complaint_officer", "front_desk", "manager", "viewer"])
@pytest.mark.parametrize("known", ["01100222222", "there@example.com", "Customer there"])
def test_lookup_of_a_foreign_customer_shows_no_byte_of_them(records, as_role, who, known):
    client = as_role(who)
    for path in lookups(known):
        text = client.get(path, follow=True).content.decode().replace(known, "")
        assert [canary for canary in CANARIES if canary != known and canary in text] == [], path


def test_foreign_and_unknown_number_are_looked_up_with_the_same_answer(records, as_role):
    client = as_role("complaint_officer")
    answers = []
    for number in ("01100222222", "01100987654"):
        text = client.get(f"/search/?q={number}").content.decode()
        text = re.sub(r"0?1100[ -]?\d{3}[ -]?\d{3}|\+?880 ?1100[ -]?\d{6}", "N", text.replace(number, "N"))
        answers.append(_TOKENS.sub("", text))
    assert answers[0] == answers[1]


def test_number_of_a_foreign_customer_typed_at_the_desk_names_nobody(records, as_role):
    client = as_role("complaint_officer")
    for path, values in (
        ("/tickets/new/", {"phone": "01100222222", "caller_name": "Somebody", "text": "x", "channel": "phone",
                           "kind": "complaint", "impact": "low", "urgency": "low", "token": "t"}),
        ("/customers/new/", {"name_en": "Somebody", "phone": "01100222222", "phones": "01100222222"}),
    ):  # fmt: skip
        text = client.post(path, values, follow=True).content.decode().replace("01100222222", "")
        assert [canary for canary in CANARIES if canary in text] == [], path


def test_preview_of_a_text_takes_no_foreign_ticket(records, as_role):
    """B03: a template is tried with tickets in sight only."""
    text = records.kinds["text"].own[0]
    number = records.foreign["ticket"].number
    for query in (f"?item={number}", f"?ticket={number}", f"?number={number}"):
        page = as_role("manager").get(f"/messages/settings/templates/{text}/{query}").content.decode()
        assert [canary for canary in CANARIES if canary in page] == []

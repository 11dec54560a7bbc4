# ruff: noqa: E402 - the configuration is read before Tryton is imported
"""Prints version, session and the calls to measure."""

import base64
import json
import random
import sys
from importlib.metadata import version

import tryton

pool = tryton.start()
pool.init()

from trytond import security
from trytond.transaction import Transaction

HERE = {"_request": {"remote_addr": "127.0.0.1"}}
user, key = security.login(tryton.DATABASE, "admin", {"password": "seven quiet rivers at dawn"}, context=HERE)
dice = random.Random(7)
with Transaction().start(tryton.DATABASE, user):
    context = pool.get("res.user").get_preferences(context_only=True)
    context = {name: context[name] for name in ("language", "company", "companies", "employee") if name in context}
with Transaction().start(tryton.DATABASE, user, context=context):
    model = pool.get("sale.opportunity")
    opportunities = model.browse(dice.sample([one.id for one in model.search([], order=[("id", "ASC")])], 40))
    model = pool.get("party.party")
    customers = model.search([("contact_mechanisms.type", "=", "email")], order=[("id", "ASC")])
    sample = model.browse(dice.sample([one.id for one in customers], 40))
    # What is looked for, and what a party that was found has.
    texts = [(part, part) for one in sample[:10] for part in (one.name.split()[0][:4], one.name.split()[-1][:5])]
    phones = [
        (next(way.value for way in one.contact_mechanisms if way.type == "phone")[-6:], one.name) for one in sample[:20]
    ]
    names = {one.id: one.name for one in sample}
    texts_of = {one.id: one.comment.split()[-1] for one in opportunities}

TICKET = ["number", "party.rec_name", "description", "state", "employee.rec_name", "start_date"]
MORE = [*TICKET, "comment", "lines", "conversion_probability"]
PARTY = ["code", "name", "rec_name", "lang.rec_name", "write_date"]


def call(model: str, method: str, *arguments: object) -> dict[str, object]:
    """One JSON-RPC call as its web client sends it."""
    return {
        "path": f"/{tryton.DATABASE}/rpc/",
        "method": "POST",
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps({"id": 1, "method": f"model.{model}.{method}", "params": [*arguments, context]}),
    }


def wanting(has: str, asked: dict[str, object]) -> dict[str, object]:
    """A call whose answer has these words; its JSON is plain ASCII."""
    return {**asked, "has": json.dumps(has).strip('"')}


def found(text: str, has: str) -> dict[str, object]:
    """The first 25 parties that fit."""
    return wanting(has, call("party.party", "search_read", [["rec_name", "ilike", f"%{text}%"]], 0, 25, None, PARTY))


def first_page(model: str, domain: list[object], names: list[str]) -> dict[str, object]:
    """The first 25 records in the model's own order."""
    return call(model, "search_read", domain, 0, 25, None, names)


NEW = {
    "party": sample[0].id,
    "description": "Refrigerator does not cool",
    "comment": "It runs all day and the milk is warm in the evening.",
}
COOL = '"description":"Refrigerator does not cool'
OWN = {name: context[name] for name in ("company", "employee") if context.get(name)}
json.dump(
    {
        "version": version("trytond"),
        "headers": {"Authorization": "Session " + base64.b64encode(f"admin:{user}:{key}".encode()).decode()},
        "notes": [
            "JSON of one record or 25, no page: its client builds the page, and asks more often than once.",
            "It has no home page to ask for.",
        ],
        "cases": [
            {"name": name, "requests": requests, "has": has, "without": '"error"'}
            for name, requests, has in (
                ("W2 list of opportunities, JSON", [first_page("sale.opportunity", [], TICKET)], COOL),
                (
                    "W2 list of open opportunities, JSON",
                    [first_page("sale.opportunity", [["state", "in", ["lead", "opportunity"]]], TICKET)],
                    COOL,
                ),
                ("W2 list of customers, JSON", [first_page("party.party", [], PARTY)], '"rec_name"'),
                (
                    "W3 one opportunity, JSON",
                    [wanting(text, call("sale.opportunity", "read", [pk], MORE)) for pk, text in texts_of.items()],
                    COOL,
                ),
                (
                    "W3 one customer, JSON",
                    [
                        wanting(name, call("party.party", "read", [pk], [*PARTY, "addresses", "contact_mechanisms"]))
                        for pk, name in names.items()
                    ],
                    '"rec_name"',
                ),
                ("W4 create an opportunity", [call("sale.opportunity", "create", [{**NEW, **OWN}])], '"result":['),
                ("W5 search, part of a name", [found(*text) for text in texts], '"rec_name"'),
                ("W5 search, six digits of a phone", [found(*tail) for tail in phones], '"rec_name"'),
            )
        ],
    },
    sys.stdout,
)

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
    opportunities = [one.id for one in pool.get("sale.opportunity").search([])]
    customers = pool.get("party.party").search([("contact_mechanisms.type", "=", "email")], order=[("id", "ASC")])
    sample = dice.sample(customers, 40)
    texts = [part for one in sample[:10] for part in (one.name.split()[0][:4], one.name.split()[-1][:5])]
    phones = [next(way.value for way in one.contact_mechanisms if way.type == "phone")[-6:] for one in sample[:20]]
    parties = [one.id for one in sample]

TICKET = ["number", "party.rec_name", "description", "state", "employee.rec_name", "start_date"]
PARTY = ["code", "name", "rec_name", "lang.rec_name", "write_date"]


def call(model: str, method: str, *arguments: object) -> dict[str, object]:
    """One JSON-RPC call as its web client sends it."""
    return {
        "path": f"/{tryton.DATABASE}/rpc/",
        "method": "POST",
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps({"id": 1, "method": f"model.{model}.{method}", "params": [*arguments, context]}),
    }


def found(clause: list[object]) -> dict[str, object]:
    """The first 25 parties that fit."""
    return call("party.party", "search_read", [clause], 0, 25, None, PARTY)


def first_page(model: str, domain: list[object], names: list[str]) -> dict[str, object]:
    """The first 25 records in the model's own order."""
    return call(model, "search_read", domain, 0, 25, None, names)


NEW = {
    "party": parties[0],
    "description": "Refrigerator does not cool",
    "comment": "It runs all day and the milk is warm in the evening.",
}
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
            {"name": name, "requests": requests, "has": '"result":'}
            for name, requests in (
                ("W2 list of opportunities, JSON", [first_page("sale.opportunity", [], TICKET)]),
                (
                    "W2 list of open opportunities, JSON",
                    [first_page("sale.opportunity", [["state", "in", ["lead", "opportunity"]]], TICKET)],
                ),
                ("W2 list of customers, JSON", [first_page("party.party", [], PARTY)]),
                (
                    "W3 one opportunity, JSON",
                    [
                        call("sale.opportunity", "read", [pk], [*TICKET, "comment", "lines", "conversion_probability"])
                        for pk in dice.sample(opportunities, 40)
                    ],
                ),
                (
                    "W3 one customer, JSON",
                    [call("party.party", "read", [pk], [*PARTY, "addresses", "contact_mechanisms"]) for pk in parties],
                ),
                ("W4 create an opportunity", [call("sale.opportunity", "create", [{**NEW, **OWN}])]),
                ("W5 search, part of a name", [found(["rec_name", "ilike", f"%{text}%"]) for text in texts]),
                ("W5 search, six digits of a phone", [found(["rec_name", "ilike", f"%{tail}%"]) for tail in phones]),
            )
        ],
    },
    sys.stdout,
)

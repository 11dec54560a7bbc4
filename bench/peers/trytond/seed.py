"""Fills Tryton by its own models: COUNT parties with phone and mail, two sale opportunities each.

Tryton has no tickets; an opportunity (who, what, who deals with it, state, text) is the nearest record there is.
"""

import os
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
import tryton

from bench.peers.people import people

BATCH = 500
TEXT = "It runs all day and the milk is warm in the evening. The door closes well. "
PASSWORD = "seven quiet rivers at dawn"


def main(count: int) -> None:
    """Make the tables and the rows."""
    prepare_database()
    pool = tryton.start()
    pool.init()
    from trytond.transaction import Transaction

    with Transaction().start(tryton.DATABASE, 1):
        company, employees = make_company(pool)
    everybody = people(count)
    while some := list(islice(everybody, BATCH)):
        with Transaction().start(tryton.DATABASE, 1, context={"company": company, "companies": [company]}):
            write(pool, some, count, company, employees)
    run_sql("VACUUM ANALYZE")


def prepare_database() -> None:
    """The extensions its indexes ask for, then its tables by its own program."""
    for extension in ("pg_trgm", "btree_gin"):
        run_sql(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    folder = Path(os.environ["PEER_FOLDER"])
    (folder / "trytond.conf").write_text(tryton.CONFIGURATION)
    (folder / "password").write_text(PASSWORD)
    program = [str(Path(sys.executable).parent / "trytond-admin"), "-c", str(folder / "trytond.conf")]
    environment = {**os.environ, "TRYTONPASSFILE": str(folder / "password")}
    for what in (["--all"], ["-u", "party", "sale_opportunity", "--activate-dependencies"]):
        subprocess.run(
            [*program, "-d", tryton.DATABASE, "--email", "owner@example.com", *what], check=True, env=environment
        )


def make_company(pool: Any) -> tuple[int, list[int]]:
    """A company with sixty employees; the administrator works for it."""
    parties, employees = pool.get("party.party"), pool.get("company.employee")
    (currency,) = pool.get("currency.currency").create(
        [{"name": "Taka", "code": "BDT", "symbol": "Tk", "rounding": Decimal("0.01"), "digits": 2}]
    )
    (party,) = parties.create([{"name": "Shop"}])
    (company,) = pool.get("company.company").create([{"party": party.id, "currency": currency.id}])
    staff = employees.create(
        [
            {"party": person.id, "company": company.id}
            for person in parties.create([{"name": f"Agent {number}"} for number in range(60)])
        ]
    )
    users = pool.get("res.user")
    users.write(
        [users(1)],
        {
            "companies": [("add", [company.id])],
            "company": company.id,
            "employees": [("add", [staff[0].id])],
            "employee": staff[0].id,
        },
    )
    return company.id, [one.id for one in staff]


def write(pool: Any, some: list, count: int, company: int, employees: list[int]) -> None:
    """Some parties and their opportunities."""
    parties = pool.get("party.party").create(
        [
            {
                "name": f"{who.name_bn} {who.name_en}",
                "addresses": [("create", [{"city": "Dhaka"}])],
                "contact_mechanisms": [
                    (
                        "create",
                        [
                            {"type": "phone", "value": f"011{who.subscriber}"},
                            {"type": "email", "value": f"{who.mail_name}@example.com"},
                        ],
                    )
                ],
            }
            for _number, who, _since in some
        ]
    )
    pool.get("sale.opportunity").create(
        [
            {
                "party": party.id,
                "company": company,
                "employee": employees[number % len(employees)],
                "description": f"Refrigerator does not cool {who.name_en}",
                "comment": f"{TEXT * 3} {who.name_bn} 011{who.subscriber}",
                "start_date": (since + timedelta(weeks=5 * second)).date(),
                "state": "opportunity" if number >= count * 0.96 and second else "lost",
            }
            for (number, who, since), party in zip(some, parties, strict=True)
            for second in (0, 1)
        ]
    )


def run_sql(statement: str) -> None:
    """One statement beside Tryton."""
    with psycopg.connect(os.environ["PEER_DATABASE_URL"], autocommit=True) as connection:
        connection.execute(statement)


if __name__ == "__main__":
    main(int(sys.argv[1]))

"""Fills Tryton: COUNT parties with phone and mail, two sale opportunities each.

Tryton has no tickets; an opportunity (who, what, who deals with it, state, text) is the nearest record there is.
The first BY_MODELS are made by its own models, which takes 15 ms each; all others are copies of the last of these,
row for row in every table that holds one, with their own names and numbers.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
import tryton
from psycopg import Connection

from bench.names import Person
from bench.peers.people import people

BY_MODELS = 500
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
    with Transaction().start(tryton.DATABASE, 1, context={"company": company, "companies": [company]}):
        write(pool, list(islice(everybody, BY_MODELS)), count, company, employees)
    with psycopg.connect(os.environ["PEER_DATABASE_URL"]) as connection:
        stage(connection, everybody, count, employees)
        copy(connection)
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
            {"party": party.id, "company": company, **opportunity}
            for one, party in zip(some, parties, strict=True)
            for opportunity in opportunities(one, count, employees)
        ]
    )


def opportunities(one: tuple[int, Person, datetime], count: int, employees: list[int]) -> list[dict[str, Any]]:
    """What the two opportunities of a party say."""
    number, who, since = one
    return [
        {
            "employee": employees[number % len(employees)],
            "description": f"Refrigerator does not cool {who.name_en}",
            "comment": f"{TEXT * 3} {who.name_bn} 011{who.subscriber}",
            "start_date": (since + timedelta(weeks=5 * second)).date(),
            "state": "opportunity" if number >= count * 0.96 and second else "lost",
        }
        for second in (0, 1)
    ]


def stage(connection: Connection, everybody: Iterator, count: int, employees: list[int]) -> None:
    """Everyone else into two tables for the while of this connection, numbered from 1."""
    connection.execute("CREATE TEMPORARY TABLE staged_party (place int, name text, phone text, mail text)")
    connection.execute(
        "CREATE TEMPORARY TABLE staged_opportunity"
        " (place int, party int, employee int, description text, comment text, start_date date, state text)"
    )
    everyone = list(enumerate(everybody, 1))
    with connection.cursor().copy("COPY staged_party FROM STDIN") as rows:
        for place, (_number, who, _since) in everyone:
            rows.write_row(
                (place, f"{who.name_bn} {who.name_en}", f"011{who.subscriber}", f"{who.mail_name}@example.com")
            )
    with connection.cursor().copy("COPY staged_opportunity FROM STDIN") as rows:
        for place, one in everyone:
            for second, said in enumerate(opportunities(one, count, employees)):
                rows.write_row((2 * place - 1 + second, place, *said.values()))


def copy(connection: Connection) -> None:
    """Every row that belongs to the last party and its last opportunity, once for each that is staged."""
    (party,) = connection.execute("SELECT max(id) FROM party_party").fetchone()
    (opportunity,) = connection.execute("SELECT max(id) FROM sale_opportunity").fetchone()
    next_party, its_party = f"{party} + staged.place", f"{party} + staged.party"
    said = {name: f"staged.{name}" for name in ("employee", "description", "comment", "start_date", "state")}
    code = "(made.code::bigint + staged.place)"
    copy_rows(
        connection,
        "party_party",
        f"made.id = {party}",
        {"id": next_party, "name": "staged.name", "code": code, "code_alnum": code, "code_digit": code},
    )
    for table in ("lang", "location", "account", "payment_term"):
        copy_rows(connection, f"party_party_{table}", f"made.party = {party}", {"party": next_party})
    copy_rows(connection, "party_address", f"made.party = {party}", {"party": next_party})
    for kind, value in (("phone", "staged.phone"), ("email", "staged.mail")):
        copy_rows(
            connection,
            "party_contact_mechanism",
            f"made.party = {party} AND made.type = '{kind}'",
            {"party": next_party, "value": value, "value_compact": value},
        )
    for table in ("sale_opportunity", "sale_opportunity__history"):
        copy_rows(
            connection,
            table,
            f"made.id = {opportunity}",
            {
                "id": "made.id + staged.place",
                "number": "made.number::bigint + staged.place",
                "party": its_party,
                **said,
            },
            staged="staged_opportunity",
        )
    for table, numbers in (("party_party", "Party"), ("sale_opportunity", "Sale Opportunity")):
        (last,) = connection.execute(f"SELECT max(id) FROM {table}").fetchone()
        column = "code" if table == "party_party" else "number"
        (number,) = connection.execute(f"SELECT max({column}::bigint) FROM {table}").fetchone()
        (own,) = connection.execute("SELECT id FROM ir_sequence WHERE name = %s", (numbers,)).fetchone()
        connection.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", (table, last))
        connection.execute("SELECT setval(%s::regclass, %s)", (f"ir_sequence_{own}", number))


def copy_rows(
    connection: Connection, table: str, which: str, other: dict[str, str], staged: str = "staged_party"
) -> None:
    """One row of a table for each staged one, ``other`` says which columns are not as in the row it is made from.

    A number that nothing asks for (id where ``other`` is without it, __id) comes from the table's own sequence.
    """
    names = [
        name
        for (name,) in connection.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
            " AND (attidentity = '' OR attname = ANY(%s))",
            (table, list(other)),
        )
    ]
    values = ", ".join(other.get(name) or f"made.{name}" for name in names)
    connection.execute(
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {values}"
        f" FROM {table} AS made, {staged} AS staged WHERE {which} ORDER BY staged.place"
    )


def run_sql(statement: str) -> None:
    """One statement beside Tryton."""
    with psycopg.connect(os.environ["PEER_DATABASE_URL"], autocommit=True) as connection:
        connection.execute(statement)


if __name__ == "__main__":
    main(int(sys.argv[1]))

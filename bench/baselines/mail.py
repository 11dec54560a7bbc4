"""A bare parse-and-insert loop: the standard library reads the mail, the driver writes rows, one transaction a mail."""

import email
import email.policy
import time
from typing import Any


def parse_and_insert(connection: Any, mails: list[bytes]) -> float:
    """Parse each mail and write it into a table of our own with one index. Returns the seconds it took."""
    connection.ensure_connection()
    driver = connection.connection
    cursor = driver.cursor()
    postgres = connection.vendor == "postgresql"
    kind, mark = ("bytea", "%s") if postgres else ("blob", "?")
    number = "bigserial PRIMARY KEY" if postgres else "integer PRIMARY KEY"
    cursor.execute("DROP TABLE IF EXISTS bench_bare_mail")
    cursor.execute(
        f"CREATE TABLE bench_bare_mail (id {number}, message_id text, sender text, subject text, body text, raw {kind})"
    )
    cursor.execute("CREATE INDEX bench_bare_mail_id ON bench_bare_mail (message_id)")
    begun = time.perf_counter()
    for raw in mails:
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        body = mail.get_body(preferencelist=("plain", "html"))
        values = (
            str(mail["Message-ID"]),
            str(mail["From"]),
            str(mail["Subject"]),
            body.get_content() if body else "",
            raw,
        )
        cursor.execute("BEGIN IMMEDIATE" if not postgres else "BEGIN")
        cursor.execute(
            "INSERT INTO bench_bare_mail (message_id, sender, subject, body, raw) "
            f"VALUES ({mark}, {mark}, {mark}, {mark}, {mark})",
            values,
        )
        cursor.execute("COMMIT")
    seconds = time.perf_counter() - begun
    cursor.execute("DROP TABLE bench_bare_mail")
    return seconds

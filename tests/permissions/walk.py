"""The walk: every address × method × own, foreign and absent record, as one member of staff, a customer or nobody.

What a refusal may not do is change anything. Every statement of the connection is looked at; when a refused call wrote
to a table that is not named below, the digest over all rows of all tables decides (a write that was rolled back changed
nothing). Besides, the digest is taken once more at the end of each group.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from halkhata.doors.api import limits
from halkhata.doors.api.tests.test_scope import BODIES
from halkhata.doors.portal.tests.following import enter
from halkhata.foundation.accounts.services.roles import READY_ROLES
from halkhata.records.catalog.models import Product
from tests.permissions.matrix import (
    ABSENT,
    CUSTOMER,
    METHODS,
    NO_METHOD,
    NOBODY,
    OPEN,
    PAGE,
    REFUSED,
    SIGN_IN,
    WORDS,
    Row,
    allows,
    methods_at,
    rows,
)
from tests.permissions.records import ABSENT as ABSENT_ID
from tests.permissions.records import Kind, Walked

# What a refusal, or looking at a page, may write: sessions, counters of calls and of wrong tries.
NAMED_EXCEPTIONS = {"django_session", "api_ratewindow", "axes_accessattempt", "axes_accessfailurelog", "axes_accesslog"}
# The moment a key was last used.
_MOVING = {("accounts_apitoken", "last_used_at")}
# Looking at these does write, and is meant to: the secret for one's own authenticator app, in force only when the first
# code from it has come back; and who took which table out of the house.
LOOKING_WRITES = {
    "accounts:two_factor_new": {"accounts_secondfactor"},
    "analytics:promises_csv": {"audit_auditentry"},
    "claims:losses_file": {"audit_auditentry"},
    "returns:numbers_file": {"audit_auditentry"},
    "analytics:stages_csv": {"audit_auditentry"},
    "analytics:causes_csv": {"audit_auditentry"},
    "analytics:repeats_csv": {"audit_auditentry"},
    # A customer's file for a reader who sees private fields masked: each download is written down.
    "api:download": {"audit_auditentry"},
    # Papers of a case are taken out of the house.
    "disputes:papers": {"audit_auditentry"},
    "disputes:pack": {"audit_auditentry"},
    "claims:pack": {"audit_auditentry"},
}
_READS = re.compile(r"\s*\(?(SELECT|SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK TO SAVEPOINT|PRAGMA|EXPLAIN|SET|SHOW|WITH)\b")
_WRITES = re.compile(r'\s*(?:INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM)\s+"(\w+)"')
BACKEND = "halkhata.foundation.accounts.backends.UsernameOrPhoneBackend"


def written_table(sql: str) -> str | None:
    """The table a statement writes to; "?" for a statement that is not known to be harmless; None for reading."""
    writes = _WRITES.match(sql)
    if writes:
        return writes.group(1)
    if _READS.match(sql):
        # A common table expression may write, too.
        return "?" if re.search(r"\b(INSERT INTO|DELETE FROM)\b|\bUPDATE\s+\"", sql) else None
    return "?"


@contextmanager
def watched() -> Iterator[set[str]]:
    """Collects the tables that are written to."""
    found: set[str] = set()

    def look(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        table = written_table(str(sql))
        if table is not None:
            found.add(table)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield found


def digest() -> str:
    """A hash over every row of every table but the named exceptions."""
    found = hashlib.sha256()
    with connection.cursor() as cursor:
        for model in sorted(apps.get_models(include_auto_created=True), key=lambda model: model._meta.db_table):
            table = model._meta.db_table
            if table in NAMED_EXCEPTIONS or not model._meta.managed:
                continue
            columns = ", ".join(
                f'"{one.column}"' for one in model._meta.local_concrete_fields if (table, one.column) not in _MOVING
            )
            cursor.execute(f'SELECT {columns} FROM "{table}" ORDER BY "{model._meta.pk.column}"')
            for line in cursor.fetchall():
                found.update(f"{table}{line!r}".encode())
    return found.hexdigest()


@dataclass
class Walker:
    """Somebody on the way: a ready role, a customer, or nobody."""

    who: str
    shop: Walked
    client: Client
    key_client: Client

    @property
    def user(self) -> Any:
        """The member of staff; None for a customer and for nobody."""
        return self.shop.people.get(self.who)

    def methods_for(self, row: Row) -> tuple[str, ...]:
        """Methods to try. What pages never take is refused before anybody is looked up, and HEAD is GET to every view
        (core/page_methods.py): to try these as the widest role, a narrow one, a customer and nobody is enough.
        """
        everything = row.path.startswith("/api/") or self.who in {"owner", "complaint_officer", CUSTOMER, NOBODY}
        return METHODS if everything else ("GET", "POST")

    def sees_all(self) -> bool:
        """Whether no record is foreign to this role."""
        return self.user is not None and READY_ROLES[self.who][3] == "all"

    def may(self, asked: str) -> bool:
        """Whether the matrix lets this one in."""
        if self.user is None:
            return asked in {OPEN, self.who}
        _bn, _en, _level, scope, permissions = READY_ROLES[self.who]
        return allows(asked, permissions=permissions, scope=scope)


def walker(who: str, shop: Walked) -> Walker:
    """Sign somebody in."""
    limits.forget()
    client = Client(raise_request_exception=False)
    key_client = Client(raise_request_exception=False)
    if who in shop.people:
        client.force_login(shop.people[who], backend=BACKEND)
        key_client = Client(
            raise_request_exception=False, headers={"authorization": f"Bearer {shop.keys[who]}", "if-match": "*"}
        )
    elif who == CUSTOMER:
        entered = enter(client, shop.own["ticket"].number, "01100111111")
        assert entered.status_code == 302, entered.content
    return Walker(who=who, shop=shop, client=client, key_client=key_client)


def walk(one: Walker, names: list[str], base: str) -> dict[str, str]:
    """Try every method on every record of these addresses. Returns what was not as the matrix says."""
    wrong: dict[str, str] = {}
    for name in names:
        row = rows()[name]
        for record, args in _records(row, one):
            bodies: dict[str, bytes] = {}
            for method in one.methods_for(row):
                # Which record it is makes no difference to a method that the address does not take.
                if record != "own" and row.takes(method) is None:
                    continue
                label = f"{one.who} {method} {name} {record}"
                expected = _expected(row, method, record, one)
                said, body = _try(one, row, method, args, expected, base, wrong, label)
                if said not in expected:
                    wrong[label] = f"{said}, not {' or '.join(sorted(expected))}"
                bodies[method] = body
            if record in {"foreign", "crossed"} and not one.sees_all():
                _compare(one, row, record, args, bodies, wrong)
    if digest() != base:
        wrong[f"{one.who} digest at the end"] = "something has changed"
    return wrong


def _records(row: Row, one: Walker) -> Iterator[tuple[str, tuple[Any, ...]]]:
    if not row.record:
        yield "own", ()
        return
    kind = one.shop.kinds[row.record]
    yield "own", kind.own_of(one.user)
    if kind.foreign is not None:
        yield "foreign", kind.foreign
        # A customer is no part of a segment: "why is he not in it?" may be asked of anybody one sees.
        if len(kind.foreign) > 1 and isinstance(kind.own, tuple) and row.record not in {"file", "segment member"}:
            # Somebody else's part under one's own record, and none.
            yield "crossed", (*kind.own[:-1], kind.foreign[-1])
            yield "absent part", (*kind.own[:-1], ABSENT_ID)
    yield "absent", kind.absent


def _expected(row: Row, method: str, record: str, one: Walker) -> set[str]:
    asked = row.takes(method)
    closed = SIGN_IN if one.user is None or CUSTOMER in row.rights.values() else ABSENT if row.hides else REFUSED
    if asked is None:
        # Another name may take the method at the same address (the API); the first to refuse may be the sign-in.
        if method in methods_at(row.path):
            return {PAGE, NO_METHOD, closed, ABSENT}
        if method in {"GET", "HEAD", "POST"} or row.path.startswith("/api/"):
            return (
                {NO_METHOD, closed} if record == "own" and row.own_says(method) == PAGE else {NO_METHOD, closed, ABSENT}
            )
        return {NO_METHOD}
    if not one.may(asked):
        return {closed} if record == "own" else {closed, ABSENT}
    if record == "own":
        return {row.own_says(method)}
    kind: Kind = one.shop.kinds[row.record]
    if record == "foreign" and one.sees_all() and (not kind.personal or (row.foreign and one.may(row.foreign))):
        return {row.own_says(method)}
    return {WORDS[row.absent]}


def _try(
    one: Walker, row: Row, method: str, args: tuple[Any, ...], expected: set[str], base: str, wrong: dict[str, str],
    label: str,
) -> tuple[str, bytes]:  # fmt: skip
    client = one.key_client if row.is_api else one.client
    path = "/api/none-such" if row.name == "api_nowhere" else reverse(row.name, args=args)
    cookies = copy(client.cookies)
    with transaction.atomic():
        with watched() as tables:
            response = _call(client, row, method, path, one)
        said = _said(row, response)
        body = b"" if response.streaming else response.content
        tables -= NAMED_EXCEPTIONS | {"accounts_apitoken"} | LOOKING_WRITES.get(row.name, set())
        unchanged = said != PAGE or method in {"GET", "HEAD", "OPTIONS", "TRACE"}
        if unchanged and tables and digest() != base:
            wrong[f"{label} wrote"] = f"{said}, and wrote to {sorted(tables)}"
        if said == PAGE or (unchanged and tables):
            transaction.set_rollback(True)
    client.cookies = cookies
    return said, body


def _call(client: Client, row: Row, method: str, path: str, one: Walker) -> Any:
    """Pages get an empty form; the API a body that it would take, so that the record is what decides."""
    if row.name in {"api:upload", "api:add_file", "api:add_import"} and method == "POST":
        return client.post(path, {"file": SimpleUploadedFile("a.txt", b"words")})
    if row.is_api and method in {"POST", "PATCH", "PUT"}:
        here = one.shop.own
        bodies = {
            **BODIES,
            "add_dispute": {**BODIES["add_dispute"], "customer_id": 999_999},
            "take_in": {**BODIES["take_in"], "unit_number": "U-999999"},
            "add_claim": {**BODIES["add_claim"], "unit_number": "U-999999"},
            "add_booking": {**BODIES["add_booking"], "unit_number": "U-999999"},
            "add_purchase": {
                "customer_id": here["customer"].pk,
                "lines": [{"product_id": Product.objects.earliest("pk").pk}],
            },
            "assign": {"owner_id": here["clerk"].pk},
            "hand_on": {"to_customer_id": here["relative"].pk},
            "merge": {"into": here["other ticket"].number},
            "merge_customer": {"into": here["relative"].pk},
            "put_under": {"parent": here["other ticket"].number},
            "split": {"message_ids": [here["message"].pk], "subject": "x"},
            "add_contact_stop": {"point_id": _point_in(path, one)},
            "lift_contact_stop": {"point_id": _point_in(path, one), "how": "x"},
        }
        body = json.dumps(bodies.get(row.name.removeprefix("api:"), {}))
        return client.generic(method, path, body, content_type="application/json")
    return client.post(path, {}) if method == "POST" else client.generic(method, path)


def _point_in(path: str, one: Walker) -> int:
    """A contact point of the customer that the address names."""
    sides = (one.shop.own, one.shop.foreign)
    named = [side["customer"] for side in sides if f"/customers/{side['customer'].pk}/" in path]
    return int(named[0].contact_points.first().pk) if named else 1


def _said(row: Row, response: Any) -> str:
    status = response.status_code
    if status >= 500 or status == 429:
        return f"error {status}"
    doors = ("/sign-in/", "/c/follow/", "/c/data/enter/", "/c/mine/enter/")
    to_sign_in = status == 302 and response["Location"].startswith(doors) and OPEN not in row.rights.values()
    if status == 401 or to_sign_in:
        return SIGN_IN
    return WORDS.get(status, PAGE)


_CHANGING = re.compile(rb'data-now="[^"]*"|csrfmiddlewaretoken" value="[^"]*"|X-CSRFToken[^}]*')


def _compare(
    one: Walker, row: Row, record: str, args: tuple[Any, ...], foreign: dict[str, bytes], wrong: dict[str, str]
) -> None:
    """A foreign record answers byte for byte as an absent one, but for tokens and the address itself."""
    client = one.key_client if row.is_api else one.client
    absent_args = one.shop.kinds[row.record].absent if record == "foreign" else (*args[:-1], ABSENT_ID)
    for method in row.rights:
        paths = reverse(row.name, args=args), reverse(row.name, args=absent_args)

        def bare(content: bytes, path: str) -> bytes:
            return _CHANGING.sub(b"", content.replace(path.encode(), b"/it/"))

        def answer(path: str, method: str = method) -> bytes:
            with transaction.atomic():
                content: bytes = _call(client, row, method, path, one).content
                transaction.set_rollback(True)
            return bare(content, path)

        there, none = bare(foreign[method], paths[0]), answer(paths[1])
        if there != none:
            # A page tells minutes, and one may have passed between the two: they are asked once more, at once.
            there, none = answer(paths[0]), answer(paths[1])
        if there != none:
            wrong[f"{one.who} {method} {row.name} {record}"] = "another answer than for an absent one"


def names_of(group: str) -> list[str]:
    """Addresses of one namespace of the matrix ("web" has those without one)."""
    return [name for name in rows() if (name.split(":")[0] if ":" in name else "web") == group]


GROUPS = sorted({name.split(":")[0] if ":" in name else "web" for name in rows()})
ON_POSTGRES = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
# On PostgreSQL the widest role, a narrow one and nobody: what differs between databases shows there.
SMALL = ("owner", "complaint_officer", NOBODY)

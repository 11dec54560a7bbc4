"""What the tests of the claims desk start from: products with their terms, a company with its rules, three people."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation

from halkhata.desks.claims.models import Claim
from halkhata.desks.claims.services.answering import decide_claim, record_credit
from halkhata.desks.claims.services.defaults import prepare_desk
from halkhata.desks.claims.services.editing import add_photos
from halkhata.desks.claims.services.filing import submit_claim
from halkhata.desks.claims.services.old_parts import tag_part
from halkhata.desks.claims.services.opening import NewLine, open_claim
from halkhata.desks.claims.services.rules import save_rules
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.files.services.storing import store_file
from halkhata.records.catalog.tests.conftest import catalog, elsewhere, karim, rahima
from halkhata.records.warranty.tests.conftest import bike, fridge, terms
from tests.support.fixtures_shop import AGENT_PERMISSIONS, make_role, make_user

__all__ = ["bike", "catalog", "elsewhere", "fridge", "karim", "rahima", "terms"]

WRITER = (*AGENT_PERMISSIONS, "unit.view", "unit.edit", "warranty.view", "claim.view", "claim.edit")
CHIEF = (*WRITER, "claim.decide", "settings.edit", "coupon.use")
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0000003010100"
    "18dd8db00000000049454e44ae426082"
)
FAILED, REPAIRED = date(2026, 11, 2), date(2026, 11, 10)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences are compared in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def desk(catalog: Any) -> Any:
    """Somebody who writes claims, a chief who takes the company's answers down, an onlooker; rules of the brand."""
    prepare_desk()
    writer = make_role("writer", level=1, scope="branch", permissions=WRITER)
    chief = make_role("cchief", level=3, scope="branch", permissions=CHIEF)
    looker = make_role("clooker", level=1, scope="branch", permissions=("customer.view", "unit.view", "claim.view"))
    save_rules(
        actor=SYSTEM, brand=catalog.brand, name_en="Testa Ltd", name_bn="টেস্টা লিঃ", deadline_days=20, warn_days=5,
        required_fields=["serial", "sold_on", "failed_on", "repaired_on", "defect_code"],
        required_photos=["serial_plate", "failed_part"], coupon_rate=Decimal(150), wants_old_parts=True,
        columns=[("number", "Claim"), ("serial", "Chassis"), ("description", ""), ("claimed", "Amount")],
        address="Company store, Dhaka",
    )  # fmt: skip
    return SimpleNamespace(
        branch=catalog.branch, brand=catalog.brand, shop=catalog.shop,
        writer=make_user("writer", branch=catalog.branch, role=writer),
        chief=make_user("cchief", branch=catalog.branch, role=chief),
        onlooker=make_user("clooker", branch=catalog.branch, role=looker),
    )  # fmt: skip


def lines_of(*amounts: str) -> list[NewLine]:
    """A line for each amount: the first a part, the others labour."""
    return [
        NewLine(
            kind="labour" if place else "part", text=f"Line {place}", code=f"C{place}", cost=Decimal(amount),
        )
        for place, amount in enumerate(amounts)
    ]  # fmt: skip


def draft(desk: Any, unit: Any, *amounts: str, **values: Any) -> Claim:
    """A draft with all the values the company asks for, lines, and no photo."""
    return open_claim(
        **{
            "actor": desk.writer, "unit": unit, "failed_on": FAILED, "repaired_on": REPAIRED, "defect_code": "d-17",
            "description": "Compressor does not start", "lines": lines_of(*(amounts or ("5000.00", "700.50"))),
            **values,
        }
    )  # fmt: skip


def photo(name: str = "plate.png") -> Any:
    return store_file(name=name, data=PNG + name.encode())


def complete(desk: Any, claim: Claim) -> Claim:
    """Photos and the tag of the old part."""
    for kind in ("serial_plate", "failed_part"):
        add_photos(actor=desk.writer, claim=claim, files=[photo(f"{claim.pk}-{kind}.png")], kind=kind)
    tag_part(actor=desk.writer, claim=claim, name="Compressor", serial="old-1", shelf="A3")
    return claim


def sent(desk: Any, unit: Any, *amounts: str, **values: Any) -> Claim:
    return submit_claim(actor=desk.writer, claim=complete(desk, draft(desk, unit, *amounts, **values)))


def granted(desk: Any, unit: Any, *amounts: str, **values: Any) -> Claim:
    """Sent, and all of it approved."""
    return decide_claim(actor=desk.chief, claim=sent(desk, unit, *amounts, **values))


def pay(desk: Any, claim: Claim, amount: str, number: str = "CN-1", **values: Any) -> Any:
    return record_credit(
        actor=desk.chief, claim=claim, number=number, amount=Decimal(amount), on=date(2026, 11, 20), **values
    )

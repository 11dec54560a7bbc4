"""The rows of the tables that a customer of a list becomes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.country_packs import read_place
from halkhata.records.customers.services.contacts import CLOSED_BLOCK, ReadContact
from halkhata.records.customers.services.search_index import Newcomer
from halkhata.records.imports.targets.customers.reading import CustomerLine

# The database takes plain text.
_PLAIN: dict[str, str] = {str(kind.value): str(kind.value) for kind in ContactKind}


def newcomer_of(pk: int, line: CustomerLine) -> Newcomer:
    """What the search needs to know of a new customer."""
    contacts = [(_PLAIN[contact.kind], contact.value) for contact in line.contacts]
    return Newcomer(pk, (line.name_bn, line.name_en), contacts, (line.external_id,) if line.external_key else ())


def point_rows(
    pk: int, contacts: Sequence[ReadContact], at: datetime, primary: set[str], is_owner: bool
) -> list[dict[str, Any]]:
    """Rows of contact points; the first of a kind of which ``primary`` has none is the primary one."""
    seen = set(primary)
    rows = []
    for contact in contacts:
        kind = _PLAIN[contact.kind]
        rows.append(
            {
                "customer_id": pk, "kind": kind, "typed": clean_text(contact.typed, max_length=254),
                "value": contact.value,
                "label": contact.label, "is_primary": kind not in seen, "is_owner": is_owner,
                "is_reachable": contact.is_reachable,
                "unreachable_reason": "" if contact.is_reachable else CLOSED_BLOCK, "created_at": at,
            }
        )  # fmt: skip
        seen.add(kind)
    return rows


def home_row(pk: int, line: CustomerLine, branch: Branch) -> dict[str, Any]:
    """The row of the address, in the branch's country."""
    parts = {name: line.address.get(name, "") for name in ("line", "landmark", "upazila", "district", "post_code")}
    return {"customer_id": pk, "country": branch.country, **parts, **place_codes(branch.country, parts)}


def place_codes(country: str, parts: dict[str, str]) -> dict[str, str]:
    """What the country's pack calls the district and the upazila."""
    place = read_place(country, parts["district"], parts["upazila"])
    return {"district_code": place.district_code, "upazila_code": place.upazila_code}

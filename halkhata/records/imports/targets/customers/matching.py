"""Which customers the rows mean: by number, address, id elsewhere, or the same row of an earlier import."""

from collections.abc import Sequence
from typing import Any

from halkhata.foundation.accounts.models import User
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import ContactPoint, Customer, ExternalId
from halkhata.records.imports.choices import IssueKind, Outcome, SharedRule
from halkhata.records.imports.models import ImportedRow
from halkhata.records.imports.registry import Issue, ReadRow, Verdict, same_person
from halkhata.records.imports.targets.customers.reading import MODEL, sounds_of


def judge_customers(
    rows: Sequence[ReadRow], *, actor: Any, system: str, shared: str, branches: dict[str, Any]
) -> list[Verdict]:
    """What becomes of each row, in at most six queries. Every row has a record.

    Somebody of a branch that ``actor`` does not see is a conflict without a name.
    """
    holders = _holders(rows, system)
    ids = {pk for found in holders.values() for pk in found}
    names = _names(ids)
    visible = ids
    if isinstance(actor, User) and ids:
        visible = set(Customer.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True))
    earlier = _earlier(rows)
    verdicts = []
    for row in rows:
        line = row.record
        found = list(dict.fromkeys(pk for key in row.keys for pk in holders.get(key, ())))
        if line.branch and line.branch not in branches:
            verdicts.append(Verdict(row, issue=Issue(IssueKind.CONFLICT, "unknown_branch", "branch")))
        elif not found:
            verdicts.append(Verdict(row, earlier.get(row.line_hash) if row.line_hash is not None else None))
        else:
            by_id = holders.get(next((key for key in row.keys if key.startswith("id:")), ""), ())
            verdicts.append(_judge(row, found, list(by_id), names, visible, shared))
    return verdicts


def _judge(
    row: ReadRow, found: list[int], by_id: list[int], names: dict[int, frozenset[str]], visible: set[int], shared: str
) -> Verdict:
    if any(pk not in visible for pk in found):
        return Verdict(row, issue=Issue(IssueKind.CONFLICT, "hidden"))
    if by_id:
        # The old system's own number says who it is, whatever is shared besides.
        return Verdict(row, by_id[0])
    fitting = [pk for pk in found if same_person(row.sounds, names.get(pk, ()))]
    if len(found) > 1:
        # One who is known under that very name comes before one without a name.
        named = [pk for pk in fitting if names.get(pk) and row.sounds]
        fitting = named if named else fitting
    if len(fitting) == 1:
        return Verdict(row, fitting[0])
    if fitting:
        return Verdict(row, issue=Issue(IssueKind.CONFLICT, "several_known", data={"count": len(fitting)}))
    if shared == SharedRule.SEPARATE:
        return Verdict(row)
    return Verdict(row, issue=Issue(IssueKind.CONFLICT, "other_name"))


def _holders(rows: Sequence[ReadRow], system: str) -> dict[str, list[int]]:
    """Key -> customers who have it; whoever was merged answers as the survivor."""
    wanted: dict[str, list[str]] = {ContactKind.PHONE.value: [], ContactKind.EMAIL.value: []}
    external = []
    for row in rows:
        for contact in row.record.contacts:
            wanted[contact.kind].append(contact.value)
        if row.record.external_key:
            external.append(row.record.external_key)
    found: dict[str, list[int]] = {}
    for kind, values in wanted.items():
        if not values:
            continue
        points = ContactPoint.objects.filter(kind=kind, value__in=values, customer__isnull=False).order_by("id")
        for value, pk, survivor in points.values_list("value", "customer_id", "customer__merged_into_id"):
            holders = found.setdefault(f"{kind}:{value}", [])
            if (survivor or pk) not in holders:
                holders.append(survivor or pk)
    if external:
        ids = ExternalId.objects.filter(system=system, key__in=external)
        for key, pk, survivor in ids.values_list("key", "customer_id", "customer__merged_into_id"):
            found[f"id:{system}:{key}"] = [survivor or pk]
    return found


def _names(ids: set[int]) -> dict[int, frozenset[str]]:
    rows = Customer.objects.filter(pk__in=ids).values_list("pk", "name_bn", "name_en") if ids else ()
    return {pk: sounds_of(name_bn, name_en) for pk, name_bn, name_en in rows}


def _earlier(rows: Sequence[ReadRow]) -> dict[int, int]:
    """What an earlier import made of rows without number, address and id that say the very same."""
    hashes = [row.line_hash for row in rows if row.line_hash is not None]
    if not hashes:
        return {}
    made = ImportedRow.objects.filter(line_hash__in=hashes, model=MODEL, outcome=Outcome.CREATED)
    found = {said: pk for said, pk in made.values_list("line_hash", "record_id") if said is not None}
    alive = dict(Customer.objects.filter(pk__in=found.values()).values_list("pk", "merged_into_id"))
    return {line_hash: alive[pk] or pk for line_hash, pk in found.items() if pk in alive}

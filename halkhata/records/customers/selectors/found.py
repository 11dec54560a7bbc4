"""Looks probes up in the index and ranks whom they find: a fixed number of queries, each bounded by its index."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from halkhata.foundation.core.kept_sql import kept_statement
from halkhata.records.customers.selectors.prefix import prefix_condition, prefix_parameters
from halkhata.records.customers.selectors.search_keys import Probe, Query, Reading, Tier, Token

# How many rows one probe may bring. Nobody reads more hits than this; the best kinds of hit are probed apart.
CAP = 300


@dataclass(frozen=True, slots=True)
class Index:
    """A table of search keys, cut to what the searcher may see; ``holder`` is the column of whom a key leads to.

    ``name`` is the same for the same table cut in the same way (visibility.scope_key): the statement is kept under it.
    """

    name: Hashable
    keys: QuerySet[Any]
    holder: str
    freshness: str


@dataclass(slots=True)
class _Hits:
    """What one token found: the best tier of each holder, and whether every hit was read."""

    best: dict[int, Tier]
    complete: bool


def find_ids(index: Index, query: Query, limit: int) -> list[int]:
    """Ids of those who answer any reading of the query, best first; newest first among equals."""
    probes = [
        (number, probe)
        for number, token in enumerate(token for reading in query.readings + query.fallback for token in reading)
        for probe in token
    ]
    if not probes or limit < 1:
        return []
    hits, fresh = _look_up(index, probes)
    split = sum(len(reading) for reading in query.readings)
    ranks = _ranks(index, query.readings, hits[:split]) or _ranks(index, query.fallback, hits[split:])
    newest_first = sorted(ranks, key=lambda holder: (fresh.get(holder, ""), holder), reverse=True)
    return sorted(newest_first, key=ranks.__getitem__)[:limit]


def _ranks(index: Index, readings: Iterable[Reading], hits: list[_Hits]) -> dict[int, tuple[int, int]]:
    """The best rank of everybody whom one of the readings finds; ``hits`` are those of their tokens, in order."""
    ranks: dict[int, tuple[int, int]] = {}
    start = 0
    for reading in readings:
        found = hits[start : start + len(reading)]
        start += len(reading)
        for holder, rank in _all_tokens(index, reading, found).items():
            ranks[holder] = min(rank, ranks.get(holder, rank))
    return ranks


def _look_up(index: Index, probes: list[tuple[int, Probe]]) -> tuple[list[_Hits], dict[int, str]]:
    """All probes in one query: each a look-up of its own with a limit of its own, joined by UNION ALL."""
    parts: list[str] = []
    parameters: list[Any] = []
    for position, (_, probe) in enumerate(probes):
        sql, values = _part(index, probe)
        parts.append(f"SELECT {position}, part{position}.* FROM ({sql}) AS part{position}")  # noqa: S608
        parameters.extend(values)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), parameters)
        rows = cursor.fetchall()
    hits = [_Hits({}, True) for _ in range(max(number for number, _ in probes) + 1)]
    counts = [0] * len(probes)
    fresh: dict[int, str] = {}
    for position, holder, updated_at in rows:
        token_number, probe = probes[position]
        counts[position] += 1
        best = hits[token_number].best
        best[holder] = min(probe.tier, best.get(holder, probe.tier))
        fresh[holder] = str(updated_at)
    for (token_number, _), count in zip(probes, counts, strict=True):
        if count >= CAP:
            hits[token_number].complete = False
    return hits, fresh


# Stand for what is typed in a statement that is kept: characters of private use, which folded text never holds.
_SOME_KIND, _SOME_KEY = "\ue002", "\ue000"


def _part(index: Index, probe: Probe) -> tuple[str, list[Any]]:
    """One look-up as SQL with its parameters."""
    sample = replace(probe, kind=_SOME_KIND, key=_SOME_KEY)
    sql, sampled = kept_statement(
        ("search", index.name, probe.exact),
        lambda: index.keys.filter(condition_of(sample)).order_by().values_list(index.holder, index.freshness)[:CAP],
    )
    present = {_SOME_KIND: probe.kind, _SOME_KEY: probe.key}
    if not probe.exact:
        present |= dict(zip(prefix_parameters(_SOME_KEY), prefix_parameters(probe.key), strict=True))
    return sql, [present.get(value, value) for value in sampled]


def _all_tokens(index: Index, reading: Reading, found: list[_Hits]) -> dict[int, tuple[int, int]]:
    """Holders that every token of the reading finds, with their rank (worst tier, sum of tiers)."""
    if len(reading) == 1:
        return {holder: (tier, tier) for holder, tier in found[0].best.items()}
    if all(hit.complete for hit in found):
        holders = set.intersection(*(set(hit.best) for hit in found))
        tiers = {holder: [hit.best[holder] for hit in found] for holder in holders}
    else:
        tiers = _verified(index, reading, found)
    return {holder: (max(each), sum(each)) for holder, each in tiers.items()}


def _verified(index: Index, reading: Reading, found: list[_Hits]) -> dict[int, list[Tier]]:
    """The same when a word was too common to read all its hits: start from the rarest word and check the others."""
    # Who is visible is asked once, outside: asking it in every part would tempt a planner to start from all customers.
    all_keys = index.keys.model._default_manager.all()
    complete = [hit for hit in found if hit.complete]
    if complete:
        holders: Iterable[int] = min(complete, key=lambda hit: len(hit.best)).best
    else:
        rows = index.keys.filter(_any_of(reading[0]))
        for token in reading[1:]:
            # A set built once from the index; a look-up for each row would cost ten times as much.
            others = all_keys.filter(_any_of(token)).order_by().values(index.holder)
            rows = rows.filter(**{f"{index.holder}__in": others})
        holders = set(rows.order_by().values_list(index.holder, flat=True)[:CAP])
    own_keys: dict[int, list[tuple[str, str]]] = {}
    of_holders = all_keys.filter(**{f"{index.holder}__in": list(holders)})
    for holder, kind, key in of_holders.values_list(index.holder, "kind", "key"):
        own_keys.setdefault(holder, []).append((kind, key))
    verified = {}
    for holder, keys in own_keys.items():
        tiers = [best_tier(token, keys) for token in reading]
        if None not in tiers:
            verified[holder] = [tier for tier in tiers if tier is not None]
    return verified


def best_tier(token: Token, keys: Iterable[tuple[str, str]]) -> Tier | None:
    """How well ``token`` is answered by these keys; None when it is not."""
    tiers = [probe.tier for probe in token for kind, key in keys if probe.finds(kind, key)]
    return min(tiers) if tiers else None


def condition_of(probe: Probe) -> Q:
    """The probe as a condition on a table of search keys."""
    return Q(kind=probe.kind) & (Q(key=probe.key) if probe.exact else prefix_condition("key", probe.key))


def _any_of(token: Token) -> Q:
    condition = Q()
    for probe in token:
        condition |= condition_of(probe)
    return condition

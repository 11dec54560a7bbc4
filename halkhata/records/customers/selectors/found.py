"""Looks probes up in the index and ranks whom they find: a fixed number of queries, each bounded by its index.

First the keys of the letters as typed: numbers, words, beginnings, all on one B-tree. Sounds and parts from the middle
are asked for, together, only when those did not bring enough people, for the letters are what staff mean first.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.db.models import Model, Q, QuerySet, TextField
from django.db.models.functions import Cast

from halkhata.foundation.core.kept_sql import kept_statement
from halkhata.foundation.core.trigrams import TextTable
from halkhata.foundation.core.trigrams import parameters as text_parameters
from halkhata.records.customers.selectors.prefix import prefix_condition, prefix_parameters
from halkhata.records.customers.selectors.search_keys import PART, Probe, Query, Reading, Tier, Token

# How many rows one probe may bring. Nobody reads more hits than this; the best kinds of hit are probed apart.
CAP = 300
# From so many digits on, a part is asked for together with the keys.
RARE_DIGITS = 6
# Nearly every number begins with it: the parts of what begins so stand in everybody's text.
EVERYBODYS = "880"


@dataclass(frozen=True, slots=True)
class Index:
    """A table of search keys, cut to what the searcher may see; ``holder`` is the column of whom a key leads to.

    ``name`` is the same for the same table cut in the same way (visibility.scope_key): the statement is kept under it,
    so ``keys`` and ``visible`` make their query only when there is none yet.
    """

    name: Hashable
    keys: Callable[[], QuerySet[Any]]
    holder: str
    freshness: str
    # Where any part of a text is looked up, and those whom the searcher may see.
    texts: TextTable
    visible: Callable[[], QuerySet[Any]]
    # The tables of the keys and of whom they lead to.
    key_model: type[Model]
    holder_table: str
    # Few enough that keys and texts are asked in one statement: another round costs more than what it might spare.
    is_small: bool = False


@dataclass(slots=True)
class _Hits:
    """What one token found: the best tier of each holder, and whether every hit was read."""

    best: dict[int, Tier]
    complete: bool

    @property
    def is_literal(self) -> bool:
        """Whether the typed letters themselves begin something that somebody has."""
        return any(tier <= Tier.PREFIX for tier in self.best.values())


def find_ids(index: Index, query: Query, limit: int) -> dict[int, int]:
    """Those who answer any reading of the query, best first, newest first among equals: id and how well (Tier)."""
    probes = [
        (number, probe)
        for number, token in enumerate(token for reading in query.readings + query.fallback for token in reading)
        for probe in token
    ]
    if not probes or limit < 1:
        return {}
    hits = [_Hits({}, True) for _ in range(1 + max(number for number, _probe in probes))]
    parts = [(number, probe) for number, probe in probes if probe.kind == PART]
    keys = [(number, probe) for number, probe in probes if probe.kind != PART]
    if not (index.is_small or _is_rare(parts)):
        # First the letters as typed. What only sounds alike or holds them somewhere is looked for when they are few:
        # a common name would bring hundreds of rows that nobody gets to see.
        literal = [(number, probe) for number, probe in keys if probe.tier <= Tier.PREFIX]
        keys = [(number, probe) for number, probe in keys if probe.tier > Tier.PREFIX]
        fresh = _ask(index, literal, [], hits, {})
        ranks = _ranks(index, query.readings, hits, with_parts=False)
        if sum(worst <= Tier.PREFIX for worst, _all in ranks.values()) >= limit:
            return _best(ranks, fresh, limit)
    else:
        fresh = {}
    fresh = _ask(index, keys, parts, hits, fresh)
    split = sum(len(reading) for reading in query.readings)
    ranks = _ranks(index, query.readings, hits[:split], with_parts=bool(parts))
    ranks = ranks or _ranks(index, query.fallback, hits[split:], with_parts=bool(parts))
    return _best(ranks, fresh, limit)


def _is_rare(parts: list[tuple[int, Probe]]) -> bool:
    """Whether all parts are numbers so long that few hold them: one round with them costs less than a second one."""
    return bool(parts) and all(
        probe.key.isdigit() and len(probe.key) >= RARE_DIGITS and not probe.key.startswith(EVERYBODYS)
        for _number, probe in parts
    )


def _best(ranks: dict[int, tuple[int, int]], fresh: dict[int, str], limit: int) -> dict[int, int]:
    newest_first = sorted(ranks, key=lambda holder: (fresh.get(holder, ""), holder), reverse=True)
    return {holder: ranks[holder][0] for holder in sorted(newest_first, key=ranks.__getitem__)[:limit]}


def _ask(
    index: Index,
    keys: list[tuple[int, Probe]],
    parts: list[tuple[int, Probe]],
    hits: list[_Hits],
    fresh: dict[int, str],
) -> dict[int, str]:
    """Fill ``hits`` with what keys and parts bring, in one statement, and return when each holder was last touched."""
    statements = [_part(index, probe) for _number, probe in keys]
    rows = _rows([*statements, *(_text_part(index, [probe.key]) for _number, probe in parts)])
    fresh = fresh | _note_keys(keys, [row for row in rows if row[0] < len(keys)], hits)
    _note_parts(parts, [(row[0] - len(keys), *row[1:]) for row in rows if row[0] >= len(keys)], hits, fresh)
    return fresh


def _ranks(
    index: Index, readings: Iterable[Reading], hits: list[_Hits], with_parts: bool
) -> dict[int, tuple[int, int]]:
    """The best rank of everybody whom one of the readings finds; ``hits`` are those of their tokens, in order."""
    ranks: dict[int, tuple[int, int]] = {}
    start = 0
    for reading in readings:
        found = hits[start : start + len(reading)]
        start += len(reading)
        for holder, rank in _all_tokens(index, reading, found, with_parts).items():
            ranks[holder] = min(rank, ranks.get(holder, rank))
    return ranks


def _rows(statements: list[tuple[str, list[Any]]]) -> list[tuple[int, int, str]]:
    """All look-ups in one statement, each with a limit of its own: (which one, holder, when that was last touched)."""
    if not statements:
        return []
    sql = " UNION ALL ".join(
        f"SELECT {position}, part{position}.* FROM ({one}) AS part{position}"  # noqa: S608
        for position, (one, _values) in enumerate(statements)
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for _one, values in statements for value in values])
        return cursor.fetchall()


def _note_keys(probes: list[tuple[int, Probe]], rows: list[tuple[int, int, str]], hits: list[_Hits]) -> dict[int, str]:
    """Fill ``hits`` (of each token) and return when each holder was last touched."""
    counts = [0] * len(probes)
    fresh: dict[int, str] = {}
    # Some hundred rows for each search: what belongs to a probe is looked up once, and nothing is converted.
    places = [(hits[number].best, probe.tier) for number, probe in probes]
    for position, holder, updated_at in rows:
        best, tier = places[position]
        counts[position] += 1
        known = best.get(holder)
        if known is None or tier < known:
            best[holder] = tier
        fresh[holder] = updated_at
    for (token_number, _), count in zip(probes, counts, strict=True):
        if count >= CAP:
            hits[token_number].complete = False
    return fresh


def _note_parts(
    parts: list[tuple[int, Probe]], rows: list[tuple[int, int, str]], hits: list[_Hits], fresh: dict[int, str]
) -> None:
    """Add those whose text holds the typed letters anywhere to the hits of each token."""
    counts = [0] * len(parts)
    # Letters that begin nothing anybody has were surely meant as a part: then what holds them goes before what only
    # sounds alike. Otherwise the sound goes first: "Rahim" finds রহিম before Abdurrahim.
    tiers = [Tier.PART if hits[number].is_literal else Tier.PREFIX for number, _probe in parts]
    for position, holder, updated_at in rows:
        counts[position] += 1
        best = hits[parts[position][0]].best
        best[holder] = min(tiers[position], best.get(holder, tiers[position]))
        fresh.setdefault(holder, updated_at)
    for (number, _probe), count in zip(parts, counts, strict=True):
        if count >= CAP:
            hits[number].complete = False


def _text_part(index: Index, parts: list[str]) -> tuple[str, list[Any]]:
    """Those the searcher may see whose text holds all the parts, as SQL with its parameters."""
    texts, holder = index.texts, index.holder_table
    of_text = texts.key_of("hk_text")
    seen, seen_values = kept_statement(
        ("search text", index.name),
        lambda: index.visible().filter(pk=of_text).order_by().values_list("pk"),
    )
    sql = (
        f'SELECT hk_text."{texts.key}", CAST(hk_holder."updated_at" AS text) FROM {texts.from_clause("hk_text")} '  # noqa: S608
        f'CROSS JOIN "{holder}" AS hk_holder WHERE hk_holder."id" = hk_text."{texts.key}" '
        f"AND {texts.condition('hk_text', len(parts))} AND EXISTS ({seen}){texts.order()} LIMIT {CAP}"
    )
    return sql, [*text_parameters(parts), *seen_values]


# Stand for what is typed in a statement that is kept: characters of private use, which folded text never holds.
_SOME_KIND, _SOME_KEY = "\ue002", "\ue000"


def _part(index: Index, probe: Probe) -> tuple[str, list[Any]]:
    """One look-up as SQL with its parameters."""
    sample = replace(probe, kind=_SOME_KIND, key=_SOME_KEY)
    sql, sampled = kept_statement(
        ("search", index.name, probe.exact),
        # When a holder was last touched is only compared, and so stays text: reading hundreds of times takes longer.
        lambda: (
            index.keys()
            .filter(condition_of(sample))
            .order_by()
            .values_list(index.holder, Cast(index.freshness, TextField()))[:CAP]
        ),
    )
    present = {_SOME_KIND: probe.kind, _SOME_KEY: probe.key}
    if not probe.exact:
        present |= dict(zip(prefix_parameters(_SOME_KEY), prefix_parameters(probe.key), strict=True))
    return sql, [present.get(value, value) for value in sampled]


def _all_tokens(index: Index, reading: Reading, found: list[_Hits], with_parts: bool) -> dict[int, tuple[int, int]]:
    """Holders that every token of the reading finds, with their rank (worst tier, sum of tiers)."""
    if len(reading) == 1:
        return {holder: (tier, tier) for holder, tier in found[0].best.items()}
    if all(hit.complete for hit in found):
        holders = set.intersection(*(set(hit.best) for hit in found))
        tiers = {holder: [hit.best[holder] for hit in found] for holder in holders}
    else:
        tiers = _verified(index, reading, found, with_parts)
    return {holder: (max(each), sum(each)) for holder, each in tiers.items()}


def _verified(index: Index, reading: Reading, found: list[_Hits], with_parts: bool) -> dict[int, list[Tier]]:
    """The same when a word was too common to read all its hits: start from the rarest word and check the others."""
    # Who is visible is asked once, outside: asking it in every part would tempt a planner to start from all customers.
    all_keys = index.key_model._default_manager.all()
    complete = [hit for hit in found if hit.complete]
    if complete:
        holders: Iterable[int] = min(complete, key=lambda hit: len(hit.best)).best
    else:
        rows = index.keys().filter(_any_of(reading[0]))
        for token in reading[1:]:
            # A set built once from the index; a look-up for each row would cost ten times as much.
            others = all_keys.filter(_any_of(token)).order_by().values(index.holder)
            rows = rows.filter(**{f"{index.holder}__in": others})
        holders = set(rows.order_by().values_list(index.holder, flat=True)[:CAP])
        if with_parts:
            holders |= _holding_all(index, reading)
    own_keys: dict[int, list[tuple[str, str]]] = {}
    for holder, kind, key in _keys_of(index, holders, with_texts=with_parts):
        own_keys.setdefault(holder, []).append((kind, key))
    verified = {}
    for holder, keys in own_keys.items():
        tiers = [best_tier(token, keys) for token in reading]
        if None not in tiers:
            verified[holder] = [tier for tier in tiers if tier is not None]
    return verified


def _holding_all(index: Index, reading: Reading) -> set[int]:
    """Those whose text holds every word of the reading somewhere; nobody when a word is too short for that."""
    parts = [probe.key for token in reading for probe in token if probe.kind == PART]
    if len(parts) != len(reading):
        return set()
    sql, values = _text_part(index, parts)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return {row[0] for row in cursor.fetchall()}


def _keys_of(index: Index, holders: Iterable[int], *, with_texts: bool) -> list[tuple[int, str, str]]:
    """All keys of these holders, and their texts as keys of the kind PART, in one statement."""
    ids = list(holders)
    if not ids:
        return []
    table, column = index.key_model._meta.db_table, index.holder
    places = ", ".join(["%s"] * len(ids))
    sql = f'SELECT "{column}", "kind", "key" FROM "{table}" WHERE "{column}" IN ({places})'  # noqa: S608
    values: list[Any] = list(ids)
    if with_texts:
        texts = index.texts
        sql += (
            f' UNION ALL SELECT "{texts.key}", \'{PART}\', "{texts.column}" FROM "{texts.table}" '  # noqa: S608
            f'WHERE "{texts.key}" IN ({places})'
        )
        values += ids
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


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
        if probe.kind != PART:
            condition |= condition_of(probe)
    return condition

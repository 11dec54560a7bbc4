"""Fits the weights of the comparison to invented people with known truth: ``python -m bench.dedupe.estimate``.

Prints the numbers that stand in records/customers/merging/weights.py. They are copied by hand, so that a changed
assumption is seen by whoever reads the change.
"""

from collections import Counter
from itertools import pairwise
from math import exp, log

from bench.dedupe.people import make_people
from halkhata.records.customers.merging.pairing import find_pairs
from halkhata.records.customers.merging.weights import BY_HAND, WEIGHTS

PEOPLE, SEED = 20_000, 1
# How strongly a weight is held near 0 where hardly anything speaks for it: as by one pair that says the opposite.
HELD = 1.0
_STEPS = 30
_PRIOR = ("", "")

Level = tuple[str, str]
Pattern = tuple[Level, ...]


def patterns_of(people: int, seed: int) -> dict[Pattern, list[int]]:
    """How often each pattern of levels is met: [between two people, between two records of one]."""
    truth = make_people(people, seed=seed)
    met: Counter[tuple[Pattern, bool]] = Counter()
    # From 0 on everything that is compared comes.
    for pair in find_pairs(truth.people, threshold=0.0):
        pattern = tuple((reason.field, reason.level) for reason in pair.comparison.reasons)
        met[pattern, (pair.first, pair.second) in truth.pairs] += 1
    return {pattern: [met[pattern, False], met[pattern, True]] for pattern, _is_one in met}


def fit(patterns: dict[Pattern, list[int]]) -> dict[Level, float]:
    """The weights in bits under which the patterns are likeliest, no level heavier than a better one of its field.

    A family has the very number of the other and not one that differs by a digit: taken alone, "near" would weigh more
    than "same". Nobody would believe it, so such neighbours share a weight. Nor does what differs ever speak for one
    person: the worst level weighs nothing at most.
    """
    groups = [[(field, level)] for field, levels in WEIGHTS.items() if field not in BY_HAND for level in levels]
    silent: dict[Level, float] = {}
    while True:
        weights = _fit(patterns, groups)
        for number, (group, worse) in enumerate(pairwise(groups)):
            if group[0][0] == worse[0][0] and weights[worse[0]] > weights[group[0]]:
                groups[number : number + 2] = [group + worse]
                break
        else:
            positive = [group for group in groups if group[-1][1] == "other" and weights[group[0]] > 0]
            if not positive:
                return weights | silent
            groups = [group for group in groups if group not in positive]
            silent |= {level: 0.0 for group in positive for level in group}


def _fit(patterns: dict[Pattern, list[int]], groups: list[list[Level]]) -> dict[Level, float]:
    """Logistic regression by Newton's method; the levels of a group have one weight."""
    known = [[_PRIOR], *groups]
    place = {level: number for number, group in enumerate(known) for level in group}
    rows = [([0, *(place[level] for level in pattern if level in place)], *met) for pattern, met in patterns.items()]
    weights = [0.0] * len(known)
    for _step in range(_STEPS):
        slope = [0.0 if number == 0 else -HELD * weight for number, weight in enumerate(weights)]
        curve = [[0.0] * len(known) for _group in known]
        for number in range(1, len(known)):
            curve[number][number] = HELD
        for levels, two, one in rows:
            chance = 1 / (1 + exp(-max(-40.0, min(40.0, sum(weights[level] for level in levels)))))
            pull, bend = one - (one + two) * chance, (one + two) * chance * (1 - chance)
            for first in levels:
                slope[first] += pull
                for second in levels:
                    curve[first][second] += bend
        move = _solved(curve, slope)
        weights = [weight + max(-2.0, min(2.0, step)) for weight, step in zip(weights, move, strict=True)]
    return {level: weights[number] / log(2) for level, number in place.items()}


def _solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """The solution of a system of equations with a positive definite matrix (Gauss; no pivots needed)."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for column in range(size):
        for below in range(column + 1, size):
            share = rows[below][column] / rows[column][column]
            if share:
                rows[below] = [low - share * top for low, top in zip(rows[below], rows[column], strict=True)]
    found = [0.0] * size
    for column in reversed(range(size)):
        rest = sum(rows[column][later] * found[later] for later in range(column + 1, size))
        found[column] = (rows[column][size] - rest) / rows[column][column]
    return found


def main() -> None:
    """Print prior and weights as Python."""
    weights = fit(patterns_of(PEOPLE, SEED))
    print(f"PRIOR_BITS = {weights[_PRIOR]:.2f}\n")
    for field, levels in WEIGHTS.items():
        if field not in BY_HAND:
            inside = ", ".join(f'"{level}": {weights[field, level]:.2f}' for level in levels)
            print(f'    "{field}": {{{inside}}},')


if __name__ == "__main__":
    main()

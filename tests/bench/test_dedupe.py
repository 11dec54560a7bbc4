"""The measurement of how well doubles are found, on a small book: the figures of docs/measured-doubles.md stay true."""

import pytest

from bench.dedupe.estimate import fit
from bench.dedupe.people import Habits, make_people
from bench.dedupe.run import measure, page
from bench.dedupe.truth import agreement


def test_invented_people_are_the_same_for_the_same_seed_and_have_true_doubles():
    one, again, other = make_people(300, seed=5), make_people(300, seed=5), make_people(300, seed=6)
    assert one == again
    assert one != other
    keys = {person.key for person in one.people}
    assert one.pairs
    assert all(first < second and {first, second} <= keys for first, second in one.pairs)
    assert make_people(300, seed=5, habits=Habits(has_doubles=0)).pairs == set()


def test_doubles_of_a_small_book_are_found_and_families_are_left_alone():
    got = measure("small", make_people(1_500, seed=3))["thresholds"]
    assert got["0.5"]["precision"] > 0.9
    assert got["0.5"]["recall"] > 0.75
    assert got["0.9"]["precision"] > 0.97


def test_agreement_counts_right_pairs():
    got = agreement([(1, 2), (3, 4), (5, 6)], {(1, 2), (3, 4), (7, 8), (9, 10)})
    assert (got.right, got.found, got.true) == (2, 3, 4)
    assert (got.precision, got.recall) == (2 / 3, 0.5)
    assert got.f1 == pytest.approx(4 / 7)


def test_weights_follow_what_was_met_and_never_rank_a_worse_level_higher():
    same, near = (("phone", "same"),), (("phone", "near"),)
    other = (("phone", "other"),)
    found = fit({same: [100, 300], near: [1, 200], other: [5_000, 50]})
    # "near" alone would weigh more than "same": they share a weight.
    assert found["phone", "same"] == pytest.approx(found["phone", "near"])
    assert found["phone", "same"] > 3 > 0 > found["phone", "other"]


def test_page_has_a_line_for_each_set_and_threshold():
    result = measure("small", make_people(200, seed=3))
    text = page(
        {"written_on": "2026-01-01", "python": "3.11", "rapidfuzz": "3", "peak_memory_mib": 1, "results": [result]}
    )
    assert text.count("\n|") == 2 + 3
    assert "| small | " in text

"""Codes that nobody has yet."""

from halkhata.foundation.core.free_codes import first_free


def test_stem_that_nobody_has_is_the_code():
    assert first_free("counter", set()) == "counter"
    assert first_free("counter", {"counter-2", "counter-3"}) == "counter"


def test_taken_stem_gets_the_first_number_that_is_free():
    assert first_free("counter", {"counter", "counter-2", "counter-4"}) == "counter-3"
    assert first_free("no_part", {"no_part"}, mark="_") == "no_part_2"

"""Codes that nobody has yet."""

import pytest

from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.core.free_codes import first_free, free_code


def test_stem_that_nobody_has_is_the_code():
    assert first_free("counter", set()) == "counter"
    assert first_free("counter", {"counter-2", "counter-3"}) == "counter"


def test_taken_stem_gets_the_first_number_that_is_free():
    assert first_free("counter", {"counter", "counter-2", "counter-4"}) == "counter-3"
    assert first_free("no_part", {"no_part"}, mark="_") == "no_part_2"


@pytest.mark.django_db
def test_code_of_a_table_is_one_that_no_row_has(django_assert_num_queries):
    for place, code in enumerate(("north", "north-2", "northern")):
        Branch.objects.create(name_en=code, name_bn=code, code=code, path=f"{place}/")
    with django_assert_num_queries(1):
        assert free_code(Branch, "north") == "north-3"
    assert free_code(Branch, "south") == "south"

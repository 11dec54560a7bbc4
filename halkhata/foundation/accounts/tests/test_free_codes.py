"""Codes that no row of a table has yet."""

import pytest

from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.core.free_codes import free_code


@pytest.mark.django_db
def test_code_of_a_table_is_one_that_no_row_has(django_assert_num_queries):
    for place, code in enumerate(("north", "north-2", "northern")):
        Branch.objects.create(name_en=code, name_bn=code, code=code, path=f"{place}/")
    with django_assert_num_queries(1):
        assert free_code(Branch, "north") == "north-3"
    assert free_code(Branch, "south") == "south"

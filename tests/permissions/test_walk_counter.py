"""The walk as: front_desk, call_agent, cashier. See walk.py."""

import pytest

from tests.permissions.walk import GROUPS, ON_POSTGRES, SMALL, digest, names_of, walk, walker

# On PostgreSQL the others walk, see SMALL.
pytestmark = pytest.mark.one_database

WHO = ("front_desk", "call_agent", "cashier")


@pytest.fixture(scope="module", params=[who for who in WHO if not ON_POSTGRES or who in SMALL])
def one(request, walked):
    somebody = walker(request.param, walked)
    return somebody, digest()


@pytest.mark.django_db
@pytest.mark.parametrize("group", GROUPS)
def test_every_address_and_method_answers_as_the_matrix_says(one, group):
    somebody, base = one
    assert walk(somebody, names_of(group), base) == {}

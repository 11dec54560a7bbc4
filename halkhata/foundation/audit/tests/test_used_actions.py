"""The list of what stands in the trail."""

import pytest

from halkhata.foundation.audit.selectors import used_actions
from halkhata.foundation.audit.trail import SYSTEM, record

pytestmark = pytest.mark.django_db


def test_every_action_is_named_once_in_order(shop, django_assert_num_queries):
    before = used_actions()
    for action in ("zebra.seen", "apple.eaten", "zebra.seen", "mango.eaten"):
        record(actor=SYSTEM, action=action, record=shop.agent)
    with django_assert_num_queries(1):
        assert used_actions() == sorted({*before, "apple.eaten", "mango.eaten", "zebra.seen"})

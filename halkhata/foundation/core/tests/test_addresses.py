"""Addresses put together from one that was asked before are those that Django gives."""

import pytest
from django.urls import NoReverseMatch, reverse, set_script_prefix

from halkhata.foundation.core.addresses import record_url


@pytest.mark.parametrize(
    ("name", "record"),
    [
        ("customers:detail", 1),
        ("customers:detail", 10**12),
        ("customers:organization", 77),
        ("tickets:detail", "K-1045"),
        ("tickets:detail", "K-918273645"),
        ("tickets:detail", "a b?c=<d>"),
        ("work:item", "শ-১"),
    ],
)
def test_a_record_has_the_address_that_reverse_gives(name, record):
    assert record_url(name, record) == reverse(name, args=[record])
    assert record_url(name, record) == reverse(name, args=[record])


def test_an_unknown_page_or_an_id_that_does_not_fit_is_refused():
    with pytest.raises(NoReverseMatch):
        record_url("nowhere:at-all", 1)
    with pytest.raises(NoReverseMatch):
        record_url("customers:detail", -1)


def test_an_install_below_another_address_has_its_own():
    assert record_url("customers:detail", 5) == "/customers/5/"
    set_script_prefix("/shop/")
    try:
        assert record_url("customers:detail", 5) == "/shop/customers/5/"
    finally:
        set_script_prefix("/")

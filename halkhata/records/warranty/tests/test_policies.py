"""Terms in versions, the narrowest match, examples of the trades, what the law asks for (A53.3, A53.17)."""

import pytest
from django.db import IntegrityError, transaction

from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused
from halkhata.foundation.core.models import Installation
from halkhata.records.catalog.models import ProductKind
from halkhata.records.warranty.country_floors import floor_of
from halkhata.records.warranty.models import WarrantyPolicy
from halkhata.records.warranty.selectors.floors import is_below, shop_floor
from halkhata.records.warranty.selectors.policies import policy_for
from halkhata.records.warranty.services.defaults import create_example_policies
from halkhata.records.warranty.services.publishing import Term, Window, publish_policy, rest_policy
from halkhata.records.warranty.tests.conftest import digest

pytestmark = pytest.mark.django_db
YEAR = Term(component="all", label_en="All", months=12)


def publish(**values):
    return publish_policy(**{"actor": SYSTEM, "name_en": "Terms", "terms": [YEAR], **values})


def test_narrowest_terms_win(catalog):
    everything = publish(name_en="Everything")
    assert policy_for(catalog.fridge) == everything
    kind = publish(name_en="Kind", product_kind=catalog.fridge.kind)
    brand = publish(name_en="Brand", brand=catalog.brand)
    assert policy_for(catalog.fridge) == brand
    both = publish(name_en="Both", brand=catalog.brand, product_kind=catalog.fridge.kind)
    assert policy_for(catalog.fridge) == both
    own = publish(name_en="Own", product=catalog.fridge)
    assert policy_for(catalog.fridge) == own
    assert policy_for(catalog.bike) == brand
    rest_policy(actor=SYSTEM, code=own.code)
    assert policy_for(catalog.fridge) == both
    assert kind.is_active


def test_only_one_version_is_in_use_even_past_the_services(catalog):
    first = publish(code="own")
    publish(code="own", name_en="Changed")
    first.refresh_from_db()
    assert not first.is_active
    with pytest.raises(IntegrityError), transaction.atomic():
        WarrantyPolicy.objects.filter(pk=first.pk).update(is_active=True)


def test_older_page_publishes_nothing_over_a_newer_version(catalog):
    publish(code="own")
    publish(code="own")
    before = digest()
    with pytest.raises(Conflict, match="changed_meanwhile"):
        publish(code="own", seen_version=1)
    assert digest() == before


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"name_en": " "}, "no_name"),
        ({"terms": []}, "no_terms"),
        ({"terms": [YEAR, YEAR]}, "term_twice"),
        ({"terms": [Term(component="all", label_en="All", months=0)]}, "bad_months"),
        ({"terms": [Term(component="all", label_en="All", months=601)]}, "bad_months"),
        ({"terms": [Term(component="all", label_en="All", months=1, usage_limit=0)]}, "bad_usage"),
        ({"terms": [Term(component="all", months=1)]}, "no_label"),
        ({"terms": [Term(component="all", label_en="x", months=1, parts=False, labour=False)]}, "covers_nothing"),
        ({"coupons": [Window(from_days=9, to_days=9)]}, "bad_window"),
        ({"coupons": [Window(from_days=0, to_days=9, from_usage=5, to_usage=5)]}, "bad_window"),
    ],
)
def test_bad_terms_are_refused_and_nothing_written(catalog, values, code):
    before = digest()
    with pytest.raises(DomainError, match=code):
        publish(**values)
    assert digest() == before


def test_seller_publishes_nothing(catalog):
    with pytest.raises(PermissionRefused):
        publish(actor=catalog.seller)
    assert not WarrantyPolicy.objects.exists()


def test_examples_of_every_trade_are_good_terms_marked_as_examples(catalog):
    made = create_example_policies()
    assert {policy.product_kind.code for policy in made} == {
        kind.code for kind in ProductKind.objects.all() if kind.makes_units
    }
    assert all(policy.is_example and policy.name_bn and policy.name_en for policy in made)
    assert create_example_policies() == []
    bike = next(policy for policy in made if policy.product_kind.code == "motorcycle")
    assert bike.coupons.count() == 4


# ------------------------------------------------------------------------------------------------ the law
def test_terms_below_the_law_are_flagged_only_where_the_law_names_a_time(catalog):
    year, two = publish(name_en="Year"), publish(name_en="Two", terms=[Term(component="all", label_en="A", months=24)])
    extra = publish(name_en="Extra", kind="extended")
    for country, below in (("DE", [True, False]), ("ES", [True, True]), ("BD", [False, False]), ("US", [False, False])):
        Installation.objects.filter(pk=1).update(country=country)
        floor = shop_floor()
        assert [is_below(one, floor) for one in (year, two)] == below, country
        assert not is_below(extra, floor)
    assert floor_of("fr").months == 24
    assert floor_of("US") is None


def test_every_floor_says_where_it_comes_from_and_to_ask_counsel():
    for country in ("EU", "ES", "SE", "BD"):
        floor = floor_of(country)
        assert floor.source
        assert floor.seen_on
        assert floor.version
        assert "counsel" in floor.en
        assert "আইনজীবী" in floor.bn

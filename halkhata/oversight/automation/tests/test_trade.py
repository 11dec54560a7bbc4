"""A trade brings categories of its own: at set-up, and when it changes."""

import pytest

from halkhata.desks.tickets.models import Category
from halkhata.desks.tickets.services.defaults import CATEGORIES
from halkhata.desks.tickets.services.trade_categories import TRADE_CATEGORIES
from halkhata.foundation.accounts.services.setup import SetupAnswers, set_up_install
from halkhata.foundation.accounts.services.shop import save_shop
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.outbox import run_until_quiet

pytestmark = pytest.mark.django_db
COMMON = {code for code, _bn, _en in CATEGORIES}


def codes():
    return set(Category.objects.values_list("code", flat=True))


def test_every_trade_but_other_has_categories():
    assert set(TRADE_CATEGORIES) == {code for code, _label in Installation.TRADES} - {"other"}
    assert all(len(rows) == len({code for code, *_names in rows} - COMMON) for rows in TRADE_CATEGORIES.values())


@pytest.mark.parametrize(("trade", "own"), [
    ("motorcycle", {"registration", "servicing", "spare-parts"}),
    ("solar", {"battery", "panel-inverter", "installation"}),
    ("other", set()),
])  # fmt: skip
def test_set_up_lays_in_the_categories_of_the_trade(trade, own):
    set_up_install(answers=SetupAnswers(trade=trade), username="boss", password="four quiet plain words")
    assert codes() == COMMON | own


def test_another_trade_adds_what_is_missing_and_takes_nothing_away():
    owner = set_up_install(answers=SetupAnswers(trade="motorcycle"), username="boss", password="four quiet plain words")
    Category.objects.filter(code="spare-parts").update(name_en="Our parts", is_active=False)
    save_shop(actor=owner, values={"trade": "appliance"})
    run_until_quiet()
    assert codes() == COMMON | {"registration", "servicing", "spare-parts", "installation", "noise-leak"}
    assert Category.objects.get(code="spare-parts").name_en == "Our parts"
    assert not Category.objects.get(code="spare-parts").is_active

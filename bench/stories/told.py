"""What happens with one customer, a bought unit and two tickets, told through the services as staff would do it.

Each story becomes a mould from which the generator casts thousands of customers. A "done" story has ended well before
the reference time; an "open" one still has its second ticket on the table then.
"""

import random
from datetime import datetime, timedelta

from bench.ground import Shop
from bench.stories.teller import Teller, shop_hour
from bench.stories.tickets import handle
from bench.stories.units import arrive, bring, buy


def tell_done(shop: Shop, dice: random.Random, latest: datetime, number: int) -> None:
    """A customer both of whose tickets were closed before ``latest``."""
    teller = Teller(shop, dice, shop_hour(dice, latest - timedelta(days=dice.uniform(70, 74))), number)
    customer = arrive(teller)
    unit = buy(teller, customer)
    handle(teller, customer, until=None)
    teller.later(hours=24 * 14)
    teller.at = shop_hour(dice, teller.at + timedelta(days=1))
    bring(teller, unit)
    handle(teller, customer, until=None)
    if teller.at > latest:
        raise RuntimeError("a story that should be over still runs")


def tell_open(shop: Shop, dice: random.Random, latest: datetime, number: int) -> None:
    """A customer whose second ticket is on the table at ``latest``, however far it has come by then."""
    teller = Teller(shop, dice, shop_hour(dice, latest - timedelta(days=dice.uniform(56, 60))), number)
    customer = arrive(teller)
    buy(teller, customer)
    handle(teller, customer, until=None)
    teller.later(hours=1, until=latest)
    # Opened between some minutes and a week ago; long ago is rarer, and has been slow.
    ago = timedelta(hours=min(170.0, dice.expovariate(1 / 20)), minutes=dice.uniform(1, 40))
    teller.slow = 1.0 + ago / timedelta(hours=3)
    teller.later(hours=10_000, until=latest - ago)
    handle(teller, customer, until=latest)

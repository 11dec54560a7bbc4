"""The shop deals in something else -> the categories of that trade are there to choose from."""

from halkhata.desks.tickets.services.trade_categories import create_trade_categories
from halkhata.foundation.accounts.events import TradeChanged
from halkhata.foundation.core.events import on


@on(TradeChanged)
def add_categories_of_new_trade(event: TradeChanged) -> None:
    """Adds what is missing; what the shop has changed or switched off stays, and so do those of the former trade."""
    create_trade_categories(event.trade)

"""The clock of one story, with what runs beside a living shop."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from bench.ground import Shop
from bench.stories.words import SERIAL

FRIDAY = 4


class Teller:
    """Moves the clock through one story, with the sweeps and the worker that run beside a living shop."""

    def __init__(self, shop: Shop, dice: random.Random, at: datetime, number: int) -> None:
        from halkhata.foundation.core.jobs.worker import Worker

        self.shop, self.dice, self.at = shop, dice, at
        self.branch = dice.randrange(len(shop.branches))
        own = [agent for agent in shop.agents if agent.branch_id == shop.branches[self.branch].pk]
        self.agent = dice.choice(own)
        self.worker = Worker(queues=["default"])
        self.slow = 1.0
        self.phone, self.address = f"0119999{number:04d}", f"zqmould.zq{number:04d}@example.com"
        self.serial = SERIAL.format(number)

    def act(self, what: Callable[[], Any]) -> Any:
        """Do something now, then let the worker deliver what it caused. Mail counts as sent at once."""
        from halkhata.engines.messaging.models import Delivery
        from halkhata.foundation.core.clock import moved_to

        with moved_to(self.at):
            result = what()
            while self.worker.work_once():
                pass
            Delivery.objects.filter(state="queued").update(state="sent", sent_at=self.at, attempts=1)
        return result

    def later(self, *, hours: float, until: datetime | None = None) -> bool:
        """Let time pass, sweeping what falls due. Returns False, at ``until``, when that comes first."""
        to = self.at + timedelta(
            hours=hours * self.slow * self.dice.uniform(0.7, 1.3), microseconds=self.dice.randrange(1_000_000)
        )
        ended = until is not None and to >= until
        to = until if until is not None and ended else to
        self._sweep(to)
        self.at = to
        return not ended

    def _sweep(self, to: datetime) -> None:
        from django.db.models import Min

        from halkhata.engines.work.models import SlaClock
        from halkhata.engines.work.services.promises import sweep_due

        while True:
            due = SlaClock.objects.aggregate(first=Min("next_check_at"))["first"]
            if due is None or due > to:
                return
            self.at = max(due, self.at)
            self.act(lambda: sweep_due(self.at))


def shop_hour(dice: random.Random, day: datetime) -> datetime:
    """Some moment of that day between half past nine and five in Dhaka; a day later if it is a Friday."""
    day += timedelta(days=1 if day.weekday() == FRIDAY else 0)
    return day.replace(hour=3, minute=30, second=0, microsecond=0) + timedelta(seconds=dice.uniform(0, 7.5 * 3600))

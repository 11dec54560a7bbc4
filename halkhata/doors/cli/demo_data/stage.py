"""The stage: what is to happen waits in order of time and then happens, with the clock moved to that moment."""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.db.models import QuerySet

from halkhata.engines.work.models import EscalationFiring
from halkhata.engines.work.services.confirming import confirm_escalation, sweep_unconfirmed
from halkhata.engines.work.services.escalation import sweep_silence
from halkhata.engines.work.services.promises import sweep_due
from halkhata.foundation.core import outbox
from halkhata.foundation.core.clock import moved_to
from halkhata.foundation.core.models import EventDelivery, Job, OutboxEvent

Act = Callable[[], object]
# How many acts of the older story go by before their events are thrown away unheard.
_FORGET_EVERY = 60
# Of so many tickets that were sent up, one waits for its confirmation.
_NOT_CONFIRMED = 7


class Stage:
    """Plays acts one after the other. Before ``live_from`` nobody listens to events; from then on all reactions run."""

    def __init__(self, *, now: datetime, live_from: datetime) -> None:
        self.now = now
        self.live_from = live_from
        self._acts: list[tuple[datetime, int, Act]] = []
        self._count = 0
        last = OutboxEvent.objects.order_by("-pk").values_list("pk", flat=True).first()
        self._last_event = last or 0
        self._jobs = set(Job.objects.values_list("pk", flat=True))

    def at(self, moment: datetime, act: Act) -> None:
        """Let ``act`` happen at ``moment``; what lies after now never happens."""
        if moment <= self.now:
            heapq.heappush(self._acts, (moment, self._count, act))
            self._count += 1

    def play(self) -> None:
        """Play everything, sweep as the scheduler would have, and leave no event and no job behind."""
        self._plan_sweeps()
        is_live = False
        played = 0
        while self._acts:
            moment, _number, act = heapq.heappop(self._acts)
            if not is_live and moment >= self.live_from:
                self._forget_events()
                is_live = True
            with moved_to(moment):
                act()
                if is_live:
                    outbox.run_until_quiet()
            played += 1
            if not is_live and played % _FORGET_EVERY == 0:
                self._forget_events()
        with moved_to(self.now):
            self._confirm()
            sweep_due(self.now)
            sweep_silence(self.now)
            sweep_unconfirmed(self.now)
            outbox.run_until_quiet()
        self._refuse_unfinished()
        self._forget_events()
        # Jobs asked for by the acts; those that real people asked for meanwhile stay.
        Job.objects.filter(enqueued_at__lte=self.now).exclude(pk__in=self._jobs).delete()

    def _plan_sweeps(self) -> None:
        """Once at the end of each day of the older story; every three hours in its last days."""
        if not self._acts:
            return
        moment = self._acts[0][0].replace(hour=14, minute=5, second=0, microsecond=0)
        while moment < self.now:
            self.at(moment, partial(self._sweep, moment))
            moment += timedelta(days=1) if moment < self.live_from else timedelta(hours=3)

    def _sweep(self, at: datetime) -> None:
        sweep_due(at)
        if at >= self.live_from:
            sweep_silence(at)
        self._confirm()

    def _confirm(self) -> None:
        """Whoever was told confirms it; a few do not, so that the red board has something to show."""
        waiting = EscalationFiring.objects.filter(
            item__is_demo=True, confirm_by__isnull=False, confirmed_at__isnull=True, told__isnull=False
        )
        # By the number, which is the same each time the story is told; ids are not.
        for firing in waiting.select_related("item", "told__role", "told__branch").order_by("item__number", "pk"):
            if firing.told is not None and int(firing.item.number.rpartition("-")[2]) % _NOT_CONFIRMED:
                confirm_escalation(actor=firing.told, item=firing.item)

    def _mine(self) -> QuerySet[OutboxEvent]:
        return OutboxEvent.objects.filter(pk__gt=self._last_event, occurred_at__lte=self.now)

    def _forget_events(self) -> None:
        """Nobody is to hear of invented facts again: no webhook, no later handler."""
        self._mine().delete()

    def _refuse_unfinished(self) -> None:
        failed = EventDelivery.objects.filter(event__in=self._mine()).exclude(state=EventDelivery.DONE).first()
        if failed is not None:
            raise RuntimeError(f"the demo's story broke in {failed.handler}: {failed.last_error}")

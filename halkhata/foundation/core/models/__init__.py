"""Tables of the ground floor: the outbox of domain events, jobs, schedule, number sequences, set-up state."""

from halkhata.foundation.core.models.install import Installation
from halkhata.foundation.core.models.jobs import Job, ScheduleLine
from halkhata.foundation.core.models.outbox import EventDelivery, OutboxEvent
from halkhata.foundation.core.models.sequences import NumberSequence

__all__ = ["EventDelivery", "Installation", "Job", "NumberSequence", "OutboxEvent", "ScheduleLine"]

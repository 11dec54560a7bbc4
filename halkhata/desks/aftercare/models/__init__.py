"""What the aftercare desk keeps."""

from halkhata.desks.aftercare.models.network import ServiceCentre
from halkhata.desks.aftercare.models.recalls import Recall, RecallUnit
from halkhata.desks.aftercare.models.reminders import Reminder, ReminderRun, ReminderStop
from halkhata.desks.aftercare.models.rules import AftercareSettings, ServiceRule

__all__ = [
    "AftercareSettings",
    "Recall",
    "RecallUnit",
    "Reminder",
    "ReminderRun",
    "ReminderStop",
    "ServiceCentre",
    "ServiceRule",
]

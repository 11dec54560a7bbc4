"""Background work of this desk."""

from halkhata.desks.aftercare.models import ReminderRun
from halkhata.desks.aftercare.services.planning import plan_reminders
from halkhata.desks.aftercare.services.recalls import find_new_units
from halkhata.desks.aftercare.services.texting import send_due_texts
from halkhata.foundation.backups.selectors.standing import outgoing_is_held
from halkhata.foundation.core.jobs import task
from halkhata.records.catalog.days import today


@task()
def compute_reminders() -> int:
    """Who is to be reminded today. A second run of the day makes nothing; one that died is gone on with."""
    return plan_reminders()


@task()
def resume_reminders() -> int:
    """Go on with the computing of today, where a worker began it and died. Returns how many reminders were made."""
    begun = ReminderRun.objects.filter(on=today(), finished_at__isnull=True).exists()
    return plan_reminders() if begun else 0


@task()
def find_recalled_units() -> int:
    """Units that were written down after their recall began."""
    return find_new_units()


@task()
def send_reminder_texts() -> int:
    """Texts of reminders and recalls whose hour has come."""
    return 0 if outgoing_is_held() else send_due_texts()

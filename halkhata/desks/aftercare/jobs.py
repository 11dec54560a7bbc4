"""Background work of this desk."""

from halkhata.desks.aftercare.services.planning import plan_reminders
from halkhata.desks.aftercare.services.texting import send_due_texts
from halkhata.foundation.backups.selectors.standing import outgoing_is_held
from halkhata.foundation.core.jobs import task


@task()
def compute_reminders() -> int:
    """Who is to be reminded today. A second run of the day makes nothing; one that died is gone on with."""
    return plan_reminders()


@task()
def send_reminder_texts() -> int:
    """Texts of reminders and recalls whose hour has come."""
    return 0 if outgoing_is_held() else send_due_texts()

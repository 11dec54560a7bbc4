"""Long work of the install itself."""

from importlib import import_module

from django.conf import settings
from django_tasks import TaskResult

from halkhata.foundation.accounts.services.reset_by_mail import mail_link_to
from halkhata.foundation.core.jobs import task
from halkhata.foundation.core.jobs.backend import enqueue_once
from halkhata.foundation.core.models import Installation, Job
from halkhata.foundation.core.registry import demo_data


@task
def load_demo_data() -> None:
    """Load the invented shops. A second run changes nothing."""
    if Installation.current().demo_loaded_at is None:
        demo_data.get("demo").load()


@task
def clear_expired_sessions() -> None:
    """Delete the sessions that have ended by their age; nobody can use them, and they would pile up."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


@task
def clear_demo_data() -> None:
    """Remove everything invented. A second run changes nothing."""
    if Installation.current().demo_loaded_at is not None:
        demo_data.get("demo").clear()


@task(queue_name="mail")
def mail_password_link(typed: str) -> None:
    """Write to whoever typed this on the page "forgotten password", if there is such a person with an address."""
    mail_link_to(typed)


def ask_for_password_link(typed: str) -> None:
    """Have the mail written by a worker: the page's answer takes the same time for everybody."""
    mail_password_link.enqueue(typed[:254])


def ask_for_demo() -> TaskResult:
    """Have the demo loaded by a worker; asked twice, it is loaded once."""
    return enqueue_once(load_demo_data, "demo-load")


def ask_to_clear_demo() -> TaskResult:
    """Have the demo removed by a worker; asked twice, it is removed once."""
    return enqueue_once(clear_demo_data, "demo-clear")


def demo_work() -> str:
    """What a worker is about to do or doing with the demo: ``load``, ``clear``, ``failed`` or nothing."""
    paths = {load_demo_data.module_path: "load", clear_demo_data.module_path: "clear"}
    job = Job.objects.filter(task__in=paths).order_by("-enqueued_at").first()
    if job is None or job.state == Job.DONE:
        return ""
    return "failed" if job.state == Job.DEAD else paths[job.task]

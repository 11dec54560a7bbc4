"""Background work: ``from halkhata.foundation.core.jobs import task`` and ``my_task.enqueue(...)``."""

from django_tasks import task

__all__ = ["task"]

"""Our database backend behind the Django Tasks API (django_tasks; built into Django 6).

Code says ``@task`` and ``.enqueue()``; a bigger site may name another backend in its settings. This one enqueues in the
caller's transaction, keeps leases, retries with back-off and a dead state, on SQLite and PostgreSQL (docs/adr/0005).
"""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.module_loading import import_string
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskError, TaskResult, TaskResultStatus
from django_tasks.exceptions import TaskResultDoesNotExist
from django_tasks.utils import get_random_id, normalize_json

from halkhata.foundation.core.clock import now
from halkhata.foundation.core.models import Job
from halkhata.foundation.core.wakeup import wake_after_commit

_STATUS = {
    Job.READY: TaskResultStatus.READY,
    Job.RUNNING: TaskResultStatus.RUNNING,
    Job.DONE: TaskResultStatus.SUCCESSFUL,
    Job.DEAD: TaskResultStatus.FAILED,
}


class DatabaseBackend(BaseTaskBackend):
    """Keeps jobs in the table core_job."""

    supports_defer = True
    supports_async_task = False
    supports_get_result = True
    supports_priority = True

    def enqueue(self, task: Task, args: Any, kwargs: Any, *, dedupe_key: str = "") -> TaskResult:
        """Write the job in the caller's transaction; a rollback leaves no job behind."""
        self.validate_task(task)
        at = now()
        job = Job(
            id=get_random_id(),
            task=task.module_path,
            queue=task.queue_name,
            priority=task.priority,
            args=normalize_json(args),
            kwargs=normalize_json(kwargs),
            run_after=task.run_after or at,
            enqueued_at=at,
            dedupe_key=dedupe_key,
        )
        if dedupe_key:
            try:
                with transaction.atomic():
                    job.save(force_insert=True)
            except IntegrityError:
                waiting = Job.objects.exclude(dedupe_key="").filter(dedupe_key=dedupe_key, state=Job.READY).first()
                if waiting is not None:
                    return self._result(waiting, task)
                job.save(force_insert=True)
        else:
            job.save(force_insert=True)
        wake_after_commit()
        return self._result(job, task)

    def get_result(self, result_id: str) -> TaskResult:
        """The state of a job by id. Raises TaskResultDoesNotExist."""
        job = Job.objects.filter(pk=result_id).first()
        if job is None:
            raise TaskResultDoesNotExist(result_id)
        return self._result(job, import_string(job.task))

    def _result(self, job: Job, task: Task) -> TaskResult:
        result: TaskResult = TaskResult(
            task=task,
            id=job.id,
            status=_STATUS[job.state],
            enqueued_at=job.enqueued_at,
            started_at=job.started_at,
            finished_at=job.finished_at,
            last_attempted_at=job.started_at,
            args=job.args,
            kwargs=job.kwargs,
            backend=self.alias,
            errors=[TaskError(exception_class_path=e["class"], traceback=e["traceback"]) for e in job.errors],
            worker_ids=[job.locked_by] * job.attempts,
        )
        object.__setattr__(result, "_return_value", job.result)
        return result


def enqueue_once(task: Task, key: str, *args: Any, **kwargs: Any) -> TaskResult:
    """Enqueue ``task`` unless one with the same ``key`` is waiting already."""
    backend = task.get_backend()
    if isinstance(backend, DatabaseBackend):
        return backend.enqueue(task, args, kwargs, dedupe_key=key)
    return backend.enqueue(task, args, kwargs)

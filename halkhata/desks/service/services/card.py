"""Small changes of the card: technician, diagnosis, accessories, photos."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.service import policies
from halkhata.desks.service.choices import FINAL, JobState, PhotoWhen
from halkhata.desks.service.models import JobPhoto, ServiceJob
from halkhata.desks.service.services.locking import lock_job
from halkhata.engines.work.policies import assignable
from halkhata.engines.work.services.items import update_item
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.text import clean_text
from halkhata.foundation.files.models import StoredFile

MOST_PHOTOS = 40


@transaction.atomic
def change_card(
    *,
    actor: User,
    job: ServiceJob,
    technician: User | None,
    diagnosis: str,
    condition_note: str | None = None,
    version: int | None = None,
) -> ServiceJob:
    """Say who works on it, and what was found. Raises PermissionRefused, NotFound, Conflict, DomainError."""
    policies.require(actor, policies.EDIT, job)
    held = lock_job(job.pk, version=version)
    if JobState(held.state) in FINAL:
        raise Conflict("job_over", _("This job has ended: nothing can be changed on its card."))
    if technician is not None and technician.pk != held.technician_id:
        near = technician.pk == actor.pk or assignable(actor).filter(pk=technician.pk).exists()
        if not technician.is_active or not near:
            raise DomainError("technician_out_of_reach", _("Choose somebody of your team."), field="technician")
        notify(
            user=technician, verb="job.given", item=held, cause=f"job:{held.pk}:bench:{technician.pk}:{held.version}"
        )
    before = {"technician": held.technician, "diagnosis": held.diagnosis}
    held.technician, held.diagnosis = technician, clean_text(diagnosis, multiline=True, max_length=5_000)
    fields = {"technician": technician, "diagnosis": held.diagnosis}
    if condition_note is not None:
        fields["condition_note"] = clean_text(condition_note, multiline=True, max_length=2_000)
    ServiceJob.objects.filter(pk=held.pk).update(**fields)
    update_item(held)
    record(
        actor=actor, action="job.card", record=held, before=before,
        after={"technician": technician, "diagnosis": held.diagnosis},
    )  # fmt: skip
    job.refresh_from_db()
    return job


@transaction.atomic
def add_photos(
    *, actor: User, job: ServiceJob, files: Sequence[StoredFile], taken_when: str, note: str = ""
) -> list[JobPhoto]:
    """Hang photos on the card. Raises PermissionRefused, NotFound, ``too_many_photos``, ``unknown_when``."""
    policies.require(actor, policies.DELIVER if taken_when == PhotoWhen.OUT else policies.EDIT, job)
    if taken_when not in PhotoWhen.values:
        raise DomainError("unknown_when", _("Choose when the photo was taken."), field="taken_when")
    held = lock_job(job.pk)
    known = set(held.photos.values_list("file_id", flat=True))
    fresh = [file for file in files if file.pk not in known]
    if len(known) + len(fresh) > MOST_PHOTOS:
        raise DomainError("too_many_photos", _("A card takes 40 photos at most."), field="files")
    made = [
        JobPhoto.objects.create(
            job=held, file=file, taken_when=taken_when, note=clean_text(note, max_length=120), added_by=actor
        )
        for file in fresh
    ]
    record(actor=actor, action="job.photos", record=held, after={"count": len(made), "when": taken_when})
    return made

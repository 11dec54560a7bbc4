"""Looking at what came: the checklist of its kind, photos, a grade (A58.5)."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.returns import policies
from halkhata.desks.returns.choices import FileStep, Grade, Stage
from halkhata.desks.returns.models import ReturnRequest
from halkhata.desks.returns.selectors.terms import desk_rules
from halkhata.desks.returns.services.approving import refreshed
from halkhata.desks.returns.services.locking import audit, lock_return, to_stage, write_columns
from halkhata.desks.returns.services.requesting import add_files
from halkhata.engines.work.services.checklists import is_complete
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.text import clean_text
from halkhata.foundation.files.models import StoredFile
from halkhata.records.stock.choices import Condition, MoveReason, PlaceKind
from halkhata.records.stock.services.moving import move
from halkhata.records.stock.services.places import place_of

CONDITION_OF_GRADE = {
    Grade.A: Condition.GRADE_A, Grade.B: Condition.GRADE_B, Grade.C: Condition.GRADE_C, Grade.D: Condition.GRADE_D,
}  # fmt: skip


def begin_inspection(*, actor: Any, request: ReturnRequest, version: int | None = None) -> ReturnRequest:
    """Somebody looks at it now. Raises Conflict, PermissionRefused."""
    policies.require(actor, policies.RECEIVE, request)
    with transaction.atomic():
        held = lock_return(request.pk, version=version)
        to_stage(actor=actor, request=held, stage=Stage.INSPECTING)
        audit(actor, held, "begin_inspection", {})
    return refreshed(request)


def inspect_return(
    *,
    actor: Any,
    request: ReturnRequest,
    grade: str,
    note: str = "",
    files: Sequence[StoredFile] = (),
    version: int | None = None,
) -> ReturnRequest:
    """Give the grade. The checklist must be done; grades C and D need a photo or words that say why.

    From the shop's value limit on, whoever inspected cannot decide. Raises PermissionRefused, Conflict
    ``not_inspecting``, ``graded_already``, DomainError ``unknown_grade``, ``checklist_open``, ``photo_missing``.
    """
    policies.require(actor, policies.RECEIVE, request)
    if grade not in Grade.values:
        raise DomainError("unknown_grade", _("Choose a grade from A to D."), field="grade")
    with transaction.atomic():
        held = lock_return(request.pk, version=version)
        if held.stage != Stage.INSPECTING:
            raise Conflict("not_inspecting", _("Begin the inspection first."), stage=held.stage)
        if held.grade:
            raise Conflict("graded_already", _("It was graded already. Decide about it now."))
        if not is_complete(held):
            raise DomainError("checklist_open", _("The checklist still has open lines."), field="checklist")
        has_photo = bool(files) or held.files.exclude(step=FileStep.REQUEST).exists()
        if grade in {Grade.C, Grade.D} and not has_photo:
            raise DomainError("photo_missing", _("Grades C and D need a photo that shows why."), field="files")
        add_files(actor=actor, request=held, files=files, step=FileStep.INSPECTION)
        place = place_of(held.branch, PlaceKind.RETURNS)
        move(
            actor=actor, unit=held.unit, product=held.product, quantity=held.quantity, from_place=place,
            to_place=place, from_condition=Condition.UNCHECKED, condition=CONDITION_OF_GRADE[Grade(grade)],
            reason=MoveReason.INSPECT, ref=held.number, is_demo=held.is_demo,
        )  # fmt: skip
        write_columns(
            held, grade=grade, inspected_at=now(), inspected_by=actor if isinstance(actor, User) else None,
            inspection_note=clean_text(note, multiline=True, max_length=2000),
            needs_four_eyes=held.line_price >= desk_rules().four_eyes_from,
        )  # fmt: skip
        audit(actor, held, "inspect", {"grade": grade})
    return refreshed(request)

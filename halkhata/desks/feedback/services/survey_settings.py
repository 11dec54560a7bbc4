"""What the shop decides about its survey: whether it asks, in which words, how often."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.feedback.models import Survey
from halkhata.desks.feedback.services.asking import csat_survey
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.permissions import require
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.text import clean_text

FIELDS = ("is_active", "question_bn", "question_en", "recovery_threshold", "valid_days", "throttle_days")
# Lowest and highest value: a link must live long enough to be answered, and 5 of 5 is no bad answer.
LIMITS = {"recovery_threshold": (1, 4), "valid_days": (1, 90), "throttle_days": (0, 365)}


def checked(values: dict[str, Any]) -> dict[str, Any]:
    """``values`` (FIELDS) cleaned. Raises DomainError ``no_question``, ``out_of_range`` at their field."""
    clean = {**values, "is_active": bool(values["is_active"])}
    for name in ("question_bn", "question_en"):
        clean[name] = clean_text(values[name], max_length=200)
        if not clean[name]:
            raise DomainError("no_question", _("Write the question in both languages."), field=name)
    for name, (lowest, highest) in LIMITS.items():
        if isinstance(values[name], bool) or not isinstance(values[name], int):
            raise DomainError("out_of_range", _("Type a number."), field=name)
        if not lowest <= values[name] <= highest:
            raise DomainError("out_of_range", _("This number is too small or too large."), field=name)
    return clean


def save_survey(*, actor: User, values: dict[str, Any], version: int | None = None) -> Survey:
    """Change the survey after a resolution; ``values`` has FIELDS. Invitations made before keep their own last day.

    Raises PermissionRefused, Conflict ``changed_meanwhile``, and what ``checked`` raises.
    """
    require(actor, "settings.edit")
    clean = checked(values)
    with transaction.atomic():
        survey = Survey.objects.select_for_update().get(pk=csat_survey().pk)
        if version is not None and survey.version != version:
            raise Conflict(
                "changed_meanwhile", _("Somebody else changed the survey meanwhile. Please look at it again.")
            )
        before = {name: getattr(survey, name) for name in FIELDS}
        if before == clean:
            return survey
        for name in FIELDS:
            setattr(survey, name, clean[name])
        survey.version += 1
        survey.save()
        record(actor=actor, action="survey.change", record=survey, before=before, after=clean)
    return survey

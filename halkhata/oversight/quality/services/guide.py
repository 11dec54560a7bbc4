"""The conduct guide and the rubric: each change is a new version."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.permissions import require
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.text import clean_text
from halkhata.oversight.quality.models import GuideVersion, Rubric, RubricLine
from halkhata.oversight.quality.starting_texts import GUIDE_BN, GUIDE_EN, RUBRIC

MAX_TEXT = 20_000
MOST_LINES = 10


def current_guide() -> GuideVersion:
    """The guide that holds; unsaved and numbered 0 while the shop has written none of its own."""
    found = GuideVersion.objects.order_by("-version").first()
    return found or GuideVersion(version=0, text_bn=GUIDE_BN, text_en=GUIDE_EN, made_at=now())


@transaction.atomic
def save_guide(*, actor: User, text_bn: str, text_en: str, seen: int) -> GuideVersion:
    """Write the next version. Raises PermissionRefused; DomainError ``no_text``; Conflict ``changed_meanwhile``."""
    require(actor, "settings.edit")
    bengali = clean_text(text_bn, multiline=True)[:MAX_TEXT]
    if not bengali:
        raise DomainError("no_text", _("The guide needs its Bengali text."), field="text_bn")
    row = GuideVersion(
        version=seen + 1, text_bn=bengali, text_en=clean_text(text_en, multiline=True)[:MAX_TEXT], made_by=actor,
        made_at=now(),
    )  # fmt: skip
    if current_guide().version != seen:
        raise _changed()
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise _changed() from error
    record(actor=actor, action="quality.guide", record=row, after={"version": row.version})
    return row


def current_rubric() -> Rubric:
    """The rubric that holds; the starting one is written at the first look."""
    found = Rubric.objects.order_by("-version").first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return _write(1, None, 5, RUBRIC)
    except IntegrityError:
        return Rubric.objects.latest("version")


@transaction.atomic
def save_rubric(*, actor: User, lines: Sequence[tuple[str, str, str, str]], per_month: int, seen: int) -> Rubric:
    """Write the next version: lines of Bengali and English name and what to look for. Scores given keep theirs.

    Raises PermissionRefused; DomainError ``no_lines``, ``out_of_bounds``; Conflict ``changed_meanwhile``.
    """
    require(actor, "settings.edit")
    if not 1 <= per_month <= 50:
        raise DomainError("out_of_bounds", _("From 1 to 50 conversations."), field="per_month")
    clean = [tuple(clean_text(text, max_length=300) for text in line) for line in lines]
    named = [line for line in clean if line[0] or line[1]][:MOST_LINES]
    if not named:
        raise DomainError("no_lines", _("Name at least one thing to look at."))
    if current_rubric().version != seen:
        raise _changed()
    try:
        with transaction.atomic():
            rubric = _write(seen + 1, actor, per_month, named)
    except IntegrityError as error:
        raise _changed() from error
    record(
        actor=actor, action="quality.rubric", record=rubric,
        after={"version": rubric.version, "per_month": per_month, "lines": [line[1] or line[0] for line in named]},
    )  # fmt: skip
    return rubric


def _write(version: int, actor: User | None, per_month: int, lines: Sequence[Sequence[str]]) -> Rubric:
    rubric = Rubric.objects.create(version=version, per_month=per_month, made_by=actor, made_at=now())
    RubricLine.objects.bulk_create(
        RubricLine(
            rubric=rubric, position=place, name_bn=line[0][:120], name_en=line[1][:120], about_bn=line[2],
            about_en=line[3],
        )
        for place, line in enumerate(lines, start=1)
    )  # fmt: skip
    return rubric


def _changed() -> Conflict:
    return Conflict("changed_meanwhile", _("Somebody else changed this meanwhile. Please look at it again."))

"""Scoring a drawn conversation, objecting to the score once, and hearing the objection (A51.12)."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from halkhata.foundation.core.text import clean_text
from halkhata.oversight.quality.models import Outcome, RubricLine, Sample, Scorecard, ScoreLine
from halkhata.oversight.quality.policies import samples_for
from halkhata.oversight.quality.services.guide import current_rubric

MAX_TEXT = 5000


@transaction.atomic
def score(*, actor: User, sample: Sample, points: Mapping[int, int], comment: str = "") -> Scorecard:
    """Score a conversation: points from 0 to RubricLine.MOST by id of the rubric's line, all of them.

    Raises PermissionRefused, NotFound (out of reach, or one's own); DomainError ``points_missing``, ``bad_points``;
    Conflict ``scored_already``.
    """
    _reach(actor, sample)
    rubric = current_rubric()
    lines = list(rubric.lines.all())
    given = _checked(lines, points)
    try:
        with transaction.atomic():
            card = Scorecard.objects.create(
                sample=sample,
                user_id=sample.user_id,
                rubric=rubric,
                scorer=actor,
                scored_at=now(),
                comment=clean_text(comment, multiline=True)[:MAX_TEXT],
                percent=percent_of(given),
            )
    except IntegrityError as error:
        raise Conflict("scored_already", _("Somebody has scored this conversation already.")) from error
    ScoreLine.objects.bulk_create(ScoreLine(card=card, line_id=pk, points=value) for pk, value in given.items())
    record(actor=actor, action="quality.score", record=card, after={"of": sample.user, "percent": card.percent})
    notify(
        user=sample.user, verb="quality.scored",
        data={"percent": card.percent, "url": f"/quality/{sample.pk}/"}, cause=f"quality:{card.pk}",
    )  # fmt: skip
    return card


@transaction.atomic
def dispute(*, actor: User, card: Scorecard, text: str) -> Scorecard:
    """Object to the score of one's own conversation, once and with a reason.

    Raises NotFound for somebody else's; DomainError ``no_text``; Conflict ``disputed_already``.
    """
    card = Scorecard.objects.select_for_update(of=("self",)).select_related("scorer", "user").get(pk=card.pk)
    if actor.pk != card.user_id:
        raise _absent()
    words = clean_text(text, multiline=True)[:MAX_TEXT]
    if not words:
        raise DomainError("no_text", _("Write why you object."), field="text")
    if card.disputed_at is not None:
        raise Conflict("disputed_already", _("You have objected to this score already. It can be done once."))
    card.dispute_text, card.disputed_at = words, now()
    card.save(update_fields=["dispute_text", "disputed_at"])
    record(actor=actor, action="quality.dispute", record=card, after={"percent": card.percent})
    for person in _seconds(card):
        notify(
            user=person, verb="quality.disputed",
            data={"person": [card.user.name_bn, card.user.name_en], "url": f"/quality/{card.sample_id}/"},
            cause=f"quality-dispute:{card.pk}",
        )  # fmt: skip
    return card


@transaction.atomic
def answer_dispute(*, actor: User, card: Scorecard, text: str, points: Mapping[int, int] | None = None) -> Scorecard:
    """Hear an objection: keep the score (``points`` None) or give other points. By a second supervisor alone.

    Raises PermissionRefused (``same_supervisor``), NotFound; DomainError ``no_text``, ``points_missing``,
    ``bad_points``; Conflict ``nothing_to_answer``.
    """
    rows = Scorecard.objects.select_for_update(of=("self",)).select_related("sample", "user", "scorer")
    card = rows.get(pk=card.pk)
    _reach(actor, card.sample)
    if actor.pk in {card.scorer_id, card.user_id}:
        raise PermissionRefused("same_supervisor", _("Whoever scored it cannot hear the objection. Ask a second one."))
    if card.disputed_at is None or card.answered_at is not None:
        raise Conflict("nothing_to_answer", _("There is no objection that waits for an answer."))
    words = clean_text(text, multiline=True)[:MAX_TEXT]
    if not words:
        raise DomainError("no_text", _("Write what you decided and why."), field="text")
    if points is not None:
        given = _checked(list(RubricLine.objects.filter(rubric_id=card.rubric_id)), points)
        for line in card.lines.all():
            ScoreLine.objects.filter(pk=line.pk).update(second_points=given[line.line_id])
        card.percent_before, card.percent = card.percent, percent_of(given)
    card.outcome = Outcome.KEPT if points is None else Outcome.CHANGED
    card.answer_text, card.answered_by, card.answered_at = words, actor, now()
    card.save()
    record(
        actor=actor, action="quality.answer", record=card,
        before={"percent": card.percent_before if points is not None else card.percent},
        after={"percent": card.percent, "outcome": card.outcome},
    )  # fmt: skip
    for person in (card.user, card.scorer):
        notify(
            user=person, verb="quality.answered",
            data={"outcome": card.outcome, "percent": card.percent, "url": f"/quality/{card.sample_id}/"},
            cause=f"quality-answer:{card.pk}",
        )  # fmt: skip
    return card


def percent_of(points: Mapping[int, int]) -> int:
    """The share of all points that could be had, of a hundred, rounded half up."""
    most = RubricLine.MOST * len(points)
    return (sum(points.values()) * 200 + most) // (2 * most)


def _checked(lines: list[RubricLine], points: Mapping[int, int]) -> dict[int, int]:
    given = {line.pk: points[line.pk] for line in lines if line.pk in points}
    if len(given) < len(lines):
        raise DomainError("points_missing", _("Give points for each line."))
    if any(not 0 <= value <= RubricLine.MOST for value in given.values()):
        raise DomainError("bad_points", _("Points go from 0 to 5."))
    return given


def _reach(actor: User, sample: Sample) -> None:
    if not actor.may("quality.score"):
        raise PermissionRefused("quality_refused", _("You may not score conversations."))
    if not samples_for(actor).filter(pk=sample.pk).exists():
        raise _absent()


def _seconds(card: Scorecard) -> list[User]:
    """Supervisors who may hear the objection."""
    people = User.objects.filter(is_active=True).exclude(pk__in=[card.scorer_id, card.user_id])
    able = [one for one in people.select_related("role", "branch").order_by("pk") if one.may("quality.score")]
    return [one for one in able if samples_for(one).filter(pk=card.sample_id).exists()][:10]


def _absent() -> NotFound:
    return NotFound("not_found", _("There is nothing here, or it is not for your role."))

"""Drawing conversations: by chance, and so that anybody can draw the same again (A51.12)."""

import hashlib
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from halkhata.engines.messaging.choices import Direction
from halkhata.engines.messaging.models import Message
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import Actor, record
from halkhata.foundation.core.clock import now
from halkhata.oversight.quality.models import Sample
from halkhata.oversight.quality.services.guide import current_rubric
from halkhata.records.catalog.days import day_of


def seed_of(month: date, user_id: int) -> str:
    """What chance begins from: the month and the person, nothing else."""
    return hashlib.sha256(f"{month:%Y-%m}:{user_id}".encode()).hexdigest()


def drawn(candidates: Sequence[int], *, seed: str, count: int) -> list[int]:
    """``count`` of the candidates (all, if there are fewer), in the order of the draw.

    The same seed and the same candidates, in whatever order they are given, always give the same.
    """
    # No secret hangs on it: it must be repeatable, not unguessable.
    chance = random.Random(seed)  # noqa: S311
    pool = sorted(set(candidates))
    return chance.sample(pool, min(count, len(pool)))


def candidates_of(user: User, month: date) -> list[int]:
    """Conversations in which the person answered a customer in that month (of the branch's zone). One query."""
    zone = ZoneInfo(user.branch.time_zone)
    start = datetime(month.year, month.month, 1, tzinfo=zone)
    end = datetime(month.year + month.month // 12, month.month % 12 + 1, 1, tzinfo=zone)
    answers = Message.objects.filter(
        author=user, direction=Direction.OUTBOUND, is_automatic=False,
        at__gte=start.astimezone(UTC), at__lt=end.astimezone(UTC),
    )  # fmt: skip
    return sorted(set(answers.order_by().values_list("conversation_id", flat=True)))


def draw_for(*, actor: Actor | None, user: User, month: date) -> list[Sample]:
    """The person's sample of the month; drawn now, unless it was before: then it stays as it is."""
    month = month.replace(day=1)
    seed = seed_of(month, user.pk)
    candidates = candidates_of(user, month)
    chosen = drawn(candidates, seed=seed, count=current_rubric().per_month)
    try:
        with transaction.atomic():
            known = list(Sample.objects.filter(month=month, user=user).order_by("position"))
            if known or not chosen:
                return known
            made = Sample.objects.bulk_create(
                Sample(
                    month=month, user=user, conversation_id=pk, position=place, seed=seed,
                    drawn_from=len(candidates), drawn_at=now(),
                )
                for place, pk in enumerate(chosen, start=1)
            )  # fmt: skip
            record(
                actor=actor, action="quality.draw", record=user,
                after={"month": f"{month:%Y-%m}", "seed": seed, "from": len(candidates), "drawn": chosen},
            )  # fmt: skip
            return made
    except IntegrityError:
        # Somebody drew the same at the same moment; it is the same draw.
        return list(Sample.objects.filter(month=month, user=user).order_by("position"))


def draw_month(*, actor: Actor | None, month: date) -> int:
    """Draw for everybody who may answer customers. Returns how many conversations are drawn for the month."""
    people = User.objects.filter(is_active=True).select_related("role", "branch").order_by("pk")
    return sum(len(draw_for(actor=actor, user=user, month=month)) for user in people if user.may("ticket.reply"))


def month_before(at: datetime) -> date:
    """The first day of the month before that of ``at``, as the calendar in Dhaka has it."""
    first = day_of(at).replace(day=1)
    return (first - timedelta(days=1)).replace(day=1)

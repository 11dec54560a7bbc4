"""How the tickets of the older story ended: resolution, checklist, the question to the customer, the answer."""

from datetime import datetime, timedelta
from random import Random

from halkhata.desks.feedback.models import Survey, SurveyInvitation, SurveyResponse
from halkhata.desks.feedback.services.asking import token_hash
from halkhata.desks.tickets.models import Resolution
from halkhata.doors.cli.demo_data.chronicle.calls import Calls
from halkhata.doors.cli.demo_data.chronicle.record import Record
from halkhata.doors.cli.demo_data.chronicle.story import BATCH, Story
from halkhata.doors.cli.demo_data.comments import COMMENTS_BN, COMMENTS_EN, FOLLOW_UP_NOTES
from halkhata.doors.cli.demo_data.lines import BY_MAIL
from halkhata.engines.work.choices import Outcome
from halkhata.engines.work.models import ChecklistItem, ChecklistTemplate
from halkhata.engines.work.services.checklists import template_for
from halkhata.foundation.core.formatting import format_ref


class Endings:
    """Writes all endings at once."""

    def __init__(self, *, record: Record, calls: Calls, now: datetime, dice: Random) -> None:
        self.record, self.calls, self.now, self.dice = record, calls, now, dice
        self._templates: dict[tuple[str, str], ChecklistTemplate | None] = {}

    def write(self, stories: list[Story]) -> None:
        """Write resolutions, ticked checklists, invitations, answers, and the calls that followed."""
        survey = Survey.objects.get(code=Survey.CSAT)
        resolutions = Resolution.objects.bulk_create(
            [row for story in stories for row in self._resolutions(story)], batch_size=BATCH
        )
        ChecklistItem.objects.bulk_create(
            [row for story in stories for row in self._checklist(story)], batch_size=BATCH
        )
        by_id = {story.item.pk: story for story in stories}
        invitations, answered, calls = [], [], []
        for resolution in resolutions:
            story = by_id[resolution.ticket_id]
            invitations.append(self._invitation(story, resolution, survey))
            if resolution.undone_at is None:
                answered.append(invitations[-1] if story.plan.score is not None else None)
                if story.plan.serial % 4 == 0:
                    calls.append((story, resolution))
        made = SurveyInvitation.objects.bulk_create(invitations, batch_size=BATCH)
        wanted = {id(invitation) for invitation in answered if invitation is not None}
        self._write_answers([(by_id[row.item_id], row) for row in made if id(row) in wanted], survey)
        for story, resolution in calls:
            self.calls.add(
                story,
                kind="follow_up",
                opened=story.ended_at,
                planned=story.ended_at + timedelta(days=3),
                done=story.ended_at + timedelta(days=3, minutes=40),
                cause=f"resolution:{resolution.pk}:day-3",
                subject=f"সমাধান টিকে আছে কি না জিজ্ঞেস করুন: {_bengali(story.item.number)}, ৩য় দিন",
                outcome=Outcome.SOLVED,
                note=self.dice.choice(FOLLOW_UP_NOTES),
            )

    def _resolutions(self, story: Story) -> list[Resolution]:
        plan, rows = story.plan, []
        for number, at in enumerate(at for at in (plan.resolved_at, plan.resolved_again_at) if at):
            rows.append(
                Resolution(
                    ticket=story.ticket,
                    root_cause=plan.scene.cause,
                    action=plan.scene.words(story.resolver.language).action,
                    remedy=plan.scene.remedy,
                    told_by=story.resolver,
                    told_at=at,
                    told_how="e-mail" if plan.channel in BY_MAIL else "ফোন",
                    resolved_by=story.resolver,
                    resolved_at=at,
                    undone_at=plan.back_at if number == 0 else None,
                )
            )
            after = {"root_cause": plan.scene.cause, "remedy": plan.scene.remedy, "category": plan.scene.category}
            self.record.note(story, at, story.resolver, "ticket.resolve", after=after)
            self.record.tell(
                story, at, "ticket.resolved", story.resolver, subject=story.item.subject, remedy=plan.scene.remedy
            )
        if plan.back_at:
            self.record.tell(story, plan.back_at, "ticket.reopened", story.item.owner, subject=story.item.subject)
        if story.closed_at:
            self.record.tell(story, story.closed_at, "ticket.closed", None, subject=story.item.subject)
        return rows

    def _checklist(self, story: Story) -> list[ChecklistItem]:
        key = (story.item.kind, story.plan.scene.category)
        if key not in self._templates:
            self._templates[key] = template_for(kind=key[0], category=key[1])
        template = self._templates[key]
        if template is None:
            return []
        return [
            ChecklistItem(
                item=story.item,
                position=line.position,
                name_bn=line.name_bn,
                name_en=line.name_en,
                is_required=line.is_required,
                done_at=story.ended_at + timedelta(hours=2),
                done_by=story.item.owner,
            )
            for line in template.lines.all()
        ]

    def _invitation(self, story: Story, resolution: Resolution, survey: Survey) -> SurveyInvitation:
        cause = f"resolution:{resolution.pk}"
        return SurveyInvitation(
            survey=survey,
            item=story.item,
            customer=story.customer,
            agent=story.item.owner,
            # Nobody has these links; a hash of dice keeps the column unique.
            token_hash=token_hash(f"{cause}:{self.dice.getrandbits(192)}"),
            cause=cause,
            language=story.plan.language,
            created_at=resolution.resolved_at,
            expires_at=resolution.resolved_at + timedelta(days=survey.valid_days),
            is_demo=True,
        )

    def _write_answers(self, answers: list[tuple[Story, SurveyInvitation]], survey: Survey) -> None:
        rows = []
        for story, invitation in answers:
            plan = story.plan
            assert plan.score is not None
            assert plan.answered_at is not None
            comments = COMMENTS_BN if plan.language == "bn" else COMMENTS_EN
            rows.append(
                SurveyResponse(
                    invitation=invitation,
                    score=plan.score,
                    comment=self.dice.choice(comments[plan.score]),
                    answered_at=plan.answered_at,
                )
            )
            self.record.tell(story, plan.answered_at, "survey.answered", None, score=plan.score)
        made = SurveyResponse.objects.bulk_create(rows, batch_size=BATCH)
        for (story, _invitation), response in zip(answers, made, strict=True):
            if response.score > survey.recovery_threshold:
                continue
            at = response.answered_at
            if at + timedelta(hours=26) > self.now:
                continue
            self.calls.add(
                story,
                kind="recovery",
                opened=at,
                planned=at + timedelta(hours=48),
                done=at + timedelta(hours=26),
                cause=f"survey-response:{response.pk}",
                subject=f"সম্পর্ক ফেরান: {_bengali(story.item.number)}, নম্বর ৫-এ {_bengali(str(response.score))}",
                outcome=Outcome.REACHED,
                note="ফোনে দুঃখ প্রকাশ করা হয়েছে, গ্রাহক কথা শুনে খুশি।",
            )


def _bengali(text: str) -> str:
    return format_ref(text, language="bn", digits="bengali")

"""What people can do and how much they may have: skills, languages, ceilings, shifts (A52.10)."""

from django.db import models
from django.db.models import F, Q

from halkhata.foundation.accounts.models import Named, Team, User


class Skill(Named):
    """Something that not everybody can do: a product, a brand, a kind of repair. The list is the shop's own."""

    code = models.SlugField(max_length=40, unique=True)
    position = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["position", "code"]
        constraints = [models.CheckConstraint(condition=~Q(name_bn="") | ~Q(name_en=""), name="work_skill_has_name")]


class SkillNeed(models.Model):
    """Work of a team, or of a category of the desks, asks for a skill. Exactly one of the two is named."""

    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="needs")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE, related_name="skill_needs")
    # The desk's own code, as checklists name it: the engine does not know the desk's tables.
    category = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(team__isnull=False, category="") | (Q(team__isnull=True) & ~Q(category="")),
                name="work_skill_need_of_one",
            ),
            models.UniqueConstraint(
                fields=["skill", "team"], condition=Q(team__isnull=False), name="work_skill_need_team_once"
            ),
            models.UniqueConstraint(
                fields=["skill", "category"], condition=~Q(category=""), name="work_skill_need_category_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.skill_id} for {self.category or self.team_id}"


class PersonSkill(models.Model):
    """Somebody can do something."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="people")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "skill"], name="work_person_skill_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.skill_id}"


class WorkProfile(models.Model):
    """How much somebody may have at once, and which languages they speak; without a row: no ceiling, all languages.

    The row is also what two who share out work at the same moment queue at: whoever gives work to somebody with a
    ceiling holds this row until the work is written.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="work_profile")
    # Open pieces of work at the most; none: as many as come.
    ceiling = models.PositiveSmallIntegerField(null=True, blank=True)
    # Codes of accounts.choices.Language; an empty list has not been asked and counts as all.
    languages = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ceiling__isnull=True) | Q(ceiling__gte=1, ceiling__lte=999), name="work_profile_ceiling"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.ceiling}"


class Shift(models.Model):
    """A stretch of the week in which somebody takes new work, in the time of the person's branch.

    Minutes count from local midnight; a night is two rows. Somebody without any row works whenever there is work.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="shifts")
    # Monday is 0, Sunday 6.
    weekday = models.PositiveSmallIntegerField()
    starts_minute = models.PositiveSmallIntegerField()
    ends_minute = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["weekday", "starts_minute"]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="work_shift_weekday"),
            models.CheckConstraint(
                condition=Q(starts_minute__lt=F("ends_minute"), ends_minute__lte=1440), name="work_shift_in_order"
            ),
            models.UniqueConstraint(fields=["user", "weekday", "starts_minute"], name="work_shift_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.weekday} {self.starts_minute}-{self.ends_minute}"

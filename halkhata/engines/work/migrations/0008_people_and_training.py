import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from halkhata.engines.work.stamped import Stamped
from halkhata.foundation.core.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_private_fields"),
        ("work", "0007_merging"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Course",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_bn", models.CharField(blank=True, max_length=120, verbose_name="name in Bengali")),
                ("name_en", models.CharField(blank=True, max_length=120, verbose_name="name in English")),
                ("code", models.SlugField(max_length=40, unique=True)),
                ("pass_mark", models.PositiveSmallIntegerField(default=60)),
                ("months_valid", models.PositiveSmallIntegerField(blank=True, default=12, null=True)),
                ("about", models.TextField(blank=True)),
                ("is_active", models.BooleanField(default=True)),
                ("is_demo", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="CourseAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("taken_on", models.DateField()),
                ("score", models.PositiveSmallIntegerField()),
                ("pass_mark", models.PositiveSmallIntegerField()),
                ("passed", models.BooleanField()),
                ("valid_until", models.DateField(blank=True, null=True)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField()),
                ("is_demo", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ["-taken_on", "-id"],
            },
        ),
        migrations.CreateModel(
            name="PersonSkill",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
        ),
        migrations.CreateModel(
            name="Shift",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("weekday", models.PositiveSmallIntegerField()),
                ("starts_minute", models.PositiveSmallIntegerField()),
                ("ends_minute", models.PositiveSmallIntegerField()),
            ],
            options={
                "ordering": ["weekday", "starts_minute"],
            },
        ),
        migrations.CreateModel(
            name="Skill",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_bn", models.CharField(blank=True, max_length=120, verbose_name="name in Bengali")),
                ("name_en", models.CharField(blank=True, max_length=120, verbose_name="name in English")),
                ("code", models.SlugField(max_length=40, unique=True)),
                ("position", models.PositiveSmallIntegerField(default=100)),
                ("is_active", models.BooleanField(default=True)),
                ("is_demo", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ["position", "code"],
            },
        ),
        migrations.CreateModel(
            name="SkillNeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("category", models.CharField(blank=True, max_length=40)),
            ],
        ),
        migrations.CreateModel(
            name="WorkProfile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ceiling", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("languages", models.JSONField(default=list)),
            ],
        ),
        migrations.AddField(
            model_name="workitem",
            name="given_why",
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="assignmentcursor",
            name="method",
            field=models.CharField(
                choices=[
                    ("round_robin", "round robin"),
                    ("least_loaded", "least loaded"),
                    ("skill_first", "skill first"),
                ],
                default="least_loaded",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="courseattempt",
            name="assessor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="courseattempt",
            name="corrects",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrected_by",
                to="work.courseattempt",
            ),
        ),
        migrations.AddField(
            model_name="courseattempt",
            name="course",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="attempts", to="work.course"
            ),
        ),
        migrations.AddField(
            model_name="courseattempt",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="course_attempts", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="personskill",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="skills", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="shift",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="shifts", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="skill",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("name_bn", ""), _negated=True), models.Q(("name_en", ""), _negated=True), _connector="OR"
                ),
                name="work_skill_has_name",
            ),
        ),
        migrations.AddField(
            model_name="personskill",
            name="skill",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="people", to="work.skill"
            ),
        ),
        migrations.AddField(
            model_name="course",
            name="skills",
            field=models.ManyToManyField(blank=True, related_name="courses", to="work.skill"),
        ),
        migrations.AddField(
            model_name="skillneed",
            name="skill",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="needs", to="work.skill"),
        ),
        migrations.AddField(
            model_name="skillneed",
            name="team",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="skill_needs",
                to="accounts.team",
            ),
        ),
        migrations.AddField(
            model_name="workprofile",
            name="user",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="work_profile", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddIndex(
            model_name="courseattempt",
            index=models.Index(fields=["user", "course", "-taken_on"], name="work_attempt_of_user"),
        ),
        migrations.AddIndex(
            model_name="courseattempt",
            index=models.Index(condition=models.Q(("passed", True)), fields=["valid_until"], name="work_attempt_ends"),
        ),
        migrations.AddConstraint(
            model_name="courseattempt",
            constraint=models.CheckConstraint(condition=models.Q(("score__lte", 100)), name="work_attempt_score"),
        ),
        migrations.AddConstraint(
            model_name="courseattempt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("passed", True), ("score__gte", models.F("pass_mark"))),
                    models.Q(("passed", False), ("score__lt", models.F("pass_mark"))),
                    _connector="OR",
                ),
                name="work_attempt_passed",
            ),
        ),
        migrations.AddConstraint(
            model_name="courseattempt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True),
                    models.Q(("passed", True), ("valid_until__gte", models.F("taken_on"))),
                    _connector="OR",
                ),
                name="work_attempt_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="courseattempt",
            constraint=models.CheckConstraint(
                condition=models.Q(("assessor", models.F("user")), _negated=True), name="work_attempt_not_own"
            ),
        ),
        migrations.AddConstraint(
            model_name="shift",
            constraint=models.CheckConstraint(condition=models.Q(("weekday__lte", 6)), name="work_shift_weekday"),
        ),
        migrations.AddConstraint(
            model_name="shift",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_minute__lte", 1440), ("starts_minute__lt", models.F("ends_minute"))),
                name="work_shift_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="shift",
            constraint=models.UniqueConstraint(fields=("user", "weekday", "starts_minute"), name="work_shift_once"),
        ),
        migrations.AddConstraint(
            model_name="personskill",
            constraint=models.UniqueConstraint(fields=("user", "skill"), name="work_person_skill_once"),
        ),
        migrations.AddConstraint(
            model_name="course",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("name_bn", ""), _negated=True), models.Q(("name_en", ""), _negated=True), _connector="OR"
                ),
                name="work_course_has_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="course",
            constraint=models.CheckConstraint(
                condition=models.Q(("pass_mark__gte", 1), ("pass_mark__lte", 100)), name="work_course_pass_mark"
            ),
        ),
        migrations.AddConstraint(
            model_name="course",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("months_valid__isnull", True),
                    models.Q(("months_valid__gte", 1), ("months_valid__lte", 120)),
                    _connector="OR",
                ),
                name="work_course_months",
            ),
        ),
        migrations.AddConstraint(
            model_name="skillneed",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("category", ""), ("team__isnull", False)),
                    models.Q(("team__isnull", True), models.Q(("category", ""), _negated=True)),
                    _connector="OR",
                ),
                name="work_skill_need_of_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="skillneed",
            constraint=models.UniqueConstraint(
                condition=models.Q(("team__isnull", False)), fields=("skill", "team"), name="work_skill_need_team_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="skillneed",
            constraint=models.UniqueConstraint(
                condition=models.Q(("category", ""), _negated=True),
                fields=("skill", "category"),
                name="work_skill_need_category_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="workprofile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ceiling__isnull", True), models.Q(("ceiling__gte", 1), ("ceiling__lte", 999)), _connector="OR"
                ),
                name="work_profile_ceiling",
            ),
        ),
        AppendOnly("work_courseattempt"),
        Stamped(
            "work_skill",
            "work_skillneed",
            "work_personskill",
            "work_workprofile",
            "work_shift",
            "work_course",
            "work_course_skills",
            "work_courseattempt",
        ),
    ]

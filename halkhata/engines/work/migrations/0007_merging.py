from django.conf import settings
from django.db import migrations, models

from halkhata.engines.work.choices import ClockState, WorkEventKind
from halkhata.engines.work.no_rings import NoRingOfMerges


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("work", "0006_promise_delays"),
    ]
    operations = [
        migrations.AddField(
            model_name="workitem",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=models.deletion.SET_NULL,
                related_name="merged_items",
                to="work.workitem",
            ),
        ),
        migrations.AlterField(
            model_name="slaclock",
            name="state",
            field=models.CharField(choices=ClockState.choices, default="running", max_length=10),
        ),
        migrations.AlterField(
            model_name="workevent", name="kind", field=models.CharField(choices=WorkEventKind.choices, max_length=20)
        ),
        migrations.AddConstraint(
            model_name="workitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("merged_into__isnull", True),
                    models.Q(("merged_into", models.F("id")), _negated=True),
                    _connector="OR",
                ),
                name="work_item_not_merged_into_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="workitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("merged_into__isnull", True), ("state_flag", "resolved"), _connector="OR"),
                name="work_merged_item_is_over",
            ),
        ),
        migrations.AddConstraint(
            model_name="workitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("parent__isnull", True), models.Q(("parent", models.F("id")), _negated=True), _connector="OR"
                ),
                name="work_item_not_own_parent",
            ),
        ),
        migrations.AddIndex(
            model_name="workitem",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)), fields=["merged_into"], name="work_item_merged"
            ),
        ),
        migrations.CreateModel(
            name="ItemMerge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("by_label", models.CharField(blank=True, max_length=150)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("before", models.JSONField(default=dict)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "merged",
                    models.ForeignKey(on_delete=models.deletion.CASCADE, related_name="merges", to="work.workitem"),
                ),
                (
                    "survivor",
                    models.ForeignKey(on_delete=models.deletion.CASCADE, related_name="took_in", to="work.workitem"),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("merged", models.F("survivor")), _negated=True),
                        name="work_merge_not_into_itself",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at__isnull", True)),
                        fields=("merged",),
                        name="work_one_standing_merge",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("undone_at__isnull", True), ("undone_at__gte", models.F("at")), _connector="OR"
                        ),
                        name="work_merge_undone_later",
                    ),
                ],
            },
        ),
        NoRingOfMerges(),
    ]

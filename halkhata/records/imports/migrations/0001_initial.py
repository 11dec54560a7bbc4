import django.db.models.deletion
import halkhata.foundation.core.clock
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("accounts", "0005_lists_in_and_out"),
        ("files", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("target", models.CharField(max_length=40)),
                ("state", models.CharField(choices=[("uploaded", "File received"), ("checking", "Being checked"), ("checked", "Checked"), ("loading", "Being imported"), ("done", "Imported"), ("cancelled", "Stopped"), ("failed", "Failed"), ("undoing", "Being undone"), ("undone", "Undone")], default="uploaded", max_length=12)),
                ("file_name", models.CharField(max_length=255)),
                ("kind", models.CharField(choices=[("csv", "CSV"), ("sheet", "Excel")], max_length=5)),
                ("layout", models.JSONField(default=dict)),
                ("mapping", models.JSONField(default=dict)),
                ("options", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(default=halkhata.foundation.core.clock.now)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("position", models.PositiveIntegerField(default=0)),
                ("rows_total", models.PositiveIntegerField(default=0)),
                ("counts", models.JSONField(default=dict)),
                ("checked", models.JSONField(default=dict)),
                ("cancel_asked", models.BooleanField(default=False)),
                ("moved_at", models.DateTimeField(default=halkhata.foundation.core.clock.now)),
                ("failure", models.CharField(blank=True, max_length=40)),
                ("failure_detail", models.CharField(blank=True, max_length=300)),
                ("branch", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.branch", verbose_name="branch")),
                ("created_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("source", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-created_at", "-id"], name="imports_run_recent"),
                    models.Index(fields=["created_by", "-created_at", "-id"], name="imports_run_by_person"),
                    models.Index(condition=models.Q(("state__in", ("checking", "loading", "undoing"))), fields=["moved_at"], name="imports_run_moving"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("state__in", ["uploaded", "checking", "checked", "loading", "done", "cancelled", "failed", "undoing", "undone"])), name="imports_run_state"),
                    models.CheckConstraint(condition=models.Q(models.Q(("state__in", ["done", "cancelled", "failed", "undone"]), _negated=True), ("ended_at__isnull", False), _connector="OR"), name="imports_end_has_time"),
                    models.CheckConstraint(condition=models.Q(models.Q(("state", "failed"), _negated=True), models.Q(("failure", ""), _negated=True), _connector="OR"), name="imports_failed_has_why"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportIssue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("row", models.PositiveIntegerField()),
                ("kind", models.CharField(choices=[("bad", "Bad row"), ("conflict", "Conflict"), ("repeated", "Twice in the file"), ("mended", "Mended")], max_length=8)),
                ("code", models.CharField(max_length=40)),
                ("column", models.CharField(blank=True, max_length=60)),
                ("data", models.JSONField(default=dict)),
                ("run", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="issues", to="imports.importrun")),
            ],
            options={
                "indexes": [models.Index(fields=["run", "kind", "row", "id"], name="imports_issue_by_kind")],
                "constraints": [
                    models.UniqueConstraint(fields=("run", "row", "column", "code"), name="imports_issue_once"),
                    models.CheckConstraint(condition=models.Q(("kind__in", ["bad", "conflict", "repeated", "mended"])), name="imports_issue_kind"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportedRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("row", models.PositiveIntegerField()),
                ("model", models.CharField(max_length=60)),
                ("record_id", models.BigIntegerField()),
                ("outcome", models.CharField(choices=[("created", "New"), ("changed", "Changed")], max_length=7)),
                ("line_hash", models.BigIntegerField(blank=True, null=True)),
                ("before", models.JSONField(blank=True, null=True)),
                ("kept", models.CharField(blank=True, max_length=40)),
                ("run", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="written", to="imports.importrun")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["run", "kept", "-id"], name="imports_row_to_undo"),
                    models.Index(condition=models.Q(("line_hash__isnull", False)), fields=["line_hash"], name="imports_row_hash"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("run", "row", "model"), name="imports_row_written_once"),
                    models.CheckConstraint(condition=models.Q(("outcome__in", ["created", "changed"])), name="imports_row_outcome"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("target", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("signature", models.CharField(max_length=64)),
                ("columns", models.JSONField(default=dict)),
                ("options", models.JSONField(default=dict)),
                ("used_at", models.DateTimeField(default=halkhata.foundation.core.clock.now)),
                ("created_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("target", "signature"), name="imports_mapping_once")],
            },
        ),
        migrations.CreateModel(
            name="ExportRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("target", models.CharField(max_length=40)),
                ("format", models.CharField(choices=[("xlsx", "Excel (XLSX)"), ("csv", "CSV")], default="xlsx", max_length=4, verbose_name="kind of file")),
                ("state", models.CharField(choices=[("waiting", "Being written"), ("done", "Ready"), ("failed", "Failed"), ("removed", "Removed, too old")], default="waiting", max_length=8)),
                ("filters", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(default=halkhata.foundation.core.clock.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("rows_done", models.PositiveIntegerField(default=0)),
                ("moved_at", models.DateTimeField(default=halkhata.foundation.core.clock.now)),
                ("failure", models.CharField(blank=True, max_length=40)),
                ("created_by", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("file", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile")),
            ],
            options={
                "indexes": [models.Index(fields=["created_by", "-created_at", "-id"], name="imports_export_by_person")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("state__in", ["waiting", "done", "failed", "removed"])), name="imports_export_state"),
                    models.CheckConstraint(condition=models.Q(models.Q(("state", "done"), _negated=True), ("file__isnull", False), _connector="OR"), name="imports_export_done_has_file"),
                ],
            },
        ),
    ]

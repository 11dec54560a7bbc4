"""Imports and exports: each one that was begun, what is wrong with its rows, and what it did to which record."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.core.clock import now
from halkhata.foundation.files.models import StoredFile
from halkhata.records.imports.choices import (
    ENDED,
    MOVING,
    ExportFormat,
    ExportState,
    IssueKind,
    Outcome,
    RunState,
    SourceKind,
)


class ImportRun(models.Model):
    """One file on its way in. ``position`` moves in the transaction that writes the rows: a kill loses nothing."""

    # Name of an entry in ``import_targets``.
    target = models.CharField(max_length=40)
    state = models.CharField(max_length=12, choices=RunState.choices, default=RunState.UPLOADED)
    source = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255)
    kind = models.CharField(max_length=5, choices=SourceKind.choices)
    # How to read the file: encoding, delimiter, sheet, header_row (0: none), headers, bijoy (column numbers).
    layout = models.JSONField(default=dict)
    # Column number (as text) -> code of the target's column. What is not here is left out.
    mapping = models.JSONField(default=dict)
    # "known" and "shared": see choices.KnownRule and choices.SharedRule.
    options = models.JSONField(default=dict)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+", verbose_name=_("branch"))
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=now)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # Rows of the file up to which the present phase has come, the header's row counted.
    position = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(default=0)
    # What the present phase has found so far, and what the trial run found.
    counts = models.JSONField(default=dict)
    checked = models.JSONField(default=dict)
    cancel_asked = models.BooleanField(default=False)
    # When the last step was taken; the sweep looks for imports that stand still.
    moved_at = models.DateTimeField(default=now)
    failure = models.CharField(max_length=40, blank=True)
    failure_detail = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RunState.values), name="imports_run_state"),
            models.CheckConstraint(
                condition=~Q(state__in=[*ENDED, RunState.UNDONE]) | Q(ended_at__isnull=False),
                name="imports_end_has_time",
            ),
            models.CheckConstraint(condition=~Q(state=RunState.FAILED) | ~Q(failure=""), name="imports_failed_has_why"),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="imports_run_recent"),
            models.Index(fields=["created_by", "-created_at", "-id"], name="imports_run_by_person"),
            models.Index(fields=["moved_at"], condition=Q(state__in=MOVING), name="imports_run_moving"),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def header_row(self) -> int:
        """Number of the row that holds the headings; 0 when there is none."""
        return int(self.layout.get("header_row", 0))

    @property
    def rows_done(self) -> int:
        """Rows of data behind us in the present phase."""
        return max(0, self.position - self.header_row)

    @property
    def is_moving(self) -> bool:
        """Whether something is being done with it in the background."""
        return self.state in MOVING


class ImportIssue(models.Model):
    """What is the matter with one row. The row itself stays in the file: nothing of it is copied here."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="issues", db_index=False)
    row = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=IssueKind.choices)
    code = models.CharField(max_length=40)
    # Code of the column it speaks of; "" for the whole row.
    column = models.CharField(max_length=60, blank=True)
    # Values for the sentence: another row's number, how many. Never a name or number of a customer.
    data = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "row", "column", "code"], name="imports_issue_once"),
            models.CheckConstraint(condition=Q(kind__in=IssueKind.values), name="imports_issue_kind"),
        ]
        indexes = [models.Index(fields=["run", "kind", "row", "id"], name="imports_issue_by_kind")]

    def __str__(self) -> str:
        return f"{self.row}: {self.code}"


class ImportedRow(models.Model):
    """Which row made or changed which record: what resuming and undoing stand on."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="written", db_index=False)
    row = models.PositiveIntegerField()
    # "customers.customer"; kept as text, for a record may be of any floor.
    model = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    outcome = models.CharField(max_length=7, choices=Outcome.choices)
    # Digest of what the row says: the same row of a second file makes nobody twice. Signed 64 bits.
    line_hash = models.BigIntegerField(null=True, blank=True)
    # For a changed record: what stood there, and what was put.
    before = models.JSONField(null=True, blank=True)
    # Why undoing left it in place; "" for not yet tried.
    kept = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "row", "model"], name="imports_row_written_once"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="imports_row_outcome"),
        ]
        indexes = [
            models.Index(fields=["run", "kept", "-id"], name="imports_row_to_undo"),
            models.Index(fields=["line_hash"], condition=Q(line_hash__isnull=False), name="imports_row_hash"),
        ]

    def __str__(self) -> str:
        return f"{self.row}: {self.outcome} {self.model} {self.record_id}"


class SavedMapping(models.Model):
    """Which heading means which column: remembered, so that next month's file needs no clicking."""

    target = models.CharField(max_length=40)
    name = models.CharField(_("name"), max_length=80)
    # Digest of the headings, folded.
    signature = models.CharField(max_length=64)
    # Folded heading -> code of a column.
    columns = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    used_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["target", "signature"], name="imports_mapping_once")]

    def __str__(self) -> str:
        return self.name


class ExportRun(models.Model):
    """One file on its way out, of what its reader may see at that moment."""

    target = models.CharField(max_length=40)
    format = models.CharField(_("kind of file"), max_length=4, choices=ExportFormat.choices, default=ExportFormat.XLSX)
    state = models.CharField(max_length=8, choices=ExportState.choices, default=ExportState.WAITING)
    # What the list was narrowed to.
    filters = models.JSONField(default=dict)
    # Whether private fields stand in it whole: whoever has lost the right to them since may not fetch it any more.
    shows_private = models.BooleanField(default=True)
    file = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True, blank=True)
    rows_done = models.PositiveIntegerField(default=0)
    moved_at = models.DateTimeField(default=now)
    failure = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ExportState.values), name="imports_export_state"),
            models.CheckConstraint(
                condition=~Q(state=ExportState.DONE) | Q(file__isnull=False), name="imports_export_done_has_file"
            ),
        ]
        indexes = [
            models.Index(fields=["created_by", "-created_at", "-id"], name="imports_export_by_person"),
            models.Index(fields=["created_by"], condition=Q(state=ExportState.WAITING), name="imports_export_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.target} {self.created_at:%Y-%m-%d %H:%M}"

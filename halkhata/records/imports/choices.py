"""Closed lists of imports and exports."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RunState(models.TextChoices):
    """How far an import is."""

    UPLOADED = "uploaded", _("File received")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Checked")
    LOADING = "loading", _("Being imported")
    DONE = "done", _("Imported")
    CANCELLED = "cancelled", _("Stopped")
    FAILED = "failed", _("Failed")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")


# Somebody works on it in the background.
MOVING = (RunState.CHECKING, RunState.LOADING, RunState.UNDOING)
# Rows may have been written that can be taken back.
ENDED = (RunState.DONE, RunState.CANCELLED, RunState.FAILED)


class SourceKind(models.TextChoices):
    """What kind of file it is."""

    CSV = "csv", "CSV"
    SHEET = "sheet", "Excel"


class IssueKind(models.TextChoices):
    """What is the matter with a row."""

    BAD = "bad", _("Bad row")
    CONFLICT = "conflict", _("Conflict")
    REPEATED = "repeated", _("Twice in the file")
    MENDED = "mended", _("Mended")


class Outcome(models.TextChoices):
    """What an import did to a record."""

    CREATED = "created", _("New")
    CHANGED = "changed", _("Changed")


class KnownRule(models.TextChoices):
    """What happens to a record that is there already."""

    FILL = "fill", _("Fill in what is missing, change nothing that is there")
    SKIP = "skip", _("Leave it as it is")
    OVERWRITE = "overwrite", _("Take what stands in the file")


class SharedRule(models.TextChoices):
    """What happens when a number is known under another name."""

    LIST = "list", _("Do not import the row, list it for me")
    SEPARATE = "separate", _("Import as another person with the same number (a family)")


class ExportState(models.TextChoices):
    """How far an export is."""

    WAITING = "waiting", _("Being written")
    DONE = "done", _("Ready")
    FAILED = "failed", _("Failed")
    REMOVED = "removed", _("Removed, too old")


class ExportFormat(models.TextChoices):
    """What kind of file an export makes."""

    XLSX = "xlsx", _("Excel (XLSX)")
    CSV = "csv", _("CSV")

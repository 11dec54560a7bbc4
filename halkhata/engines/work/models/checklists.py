"""Checklists: what must be ticked off before an item may end (A52.15)."""

from django.db import models

from halkhata.engines.work.models.items import WorkItem
from halkhata.foundation.accounts.models import Named, User


class ChecklistTemplate(Named):
    """A named list of lines for a kind of work and, optionally, a category."""

    code = models.SlugField(max_length=40, unique=True)
    kind = models.CharField(max_length=20)
    category = models.CharField(max_length=40, blank=True)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)


class ChecklistTemplateLine(Named):
    """One line of a template."""

    template = models.ForeignKey(ChecklistTemplate, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    is_required = models.BooleanField(default=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["template", "position"], name="work_checklist_line_once")]


class ChecklistItem(Named):
    """One line on one item: the text as it was when the item got it, and who ticked it."""

    item = models.ForeignKey(WorkItem, on_delete=models.CASCADE, related_name="checklist")
    position = models.PositiveSmallIntegerField()
    is_required = models.BooleanField(default=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["item", "position"], name="work_checklist_item_once")]

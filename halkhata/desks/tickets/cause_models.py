"""The shop's register of root causes (A52.22)."""

from django.db import models
from django.db.models import Q

from halkhata.foundation.accounts.models import Named


class RootCauseEntry(Named):
    """A cause of the shop's own, or its own words for (or against) one that the product knows.

    The causes the product knows (choices.RootCause) are there without a row: a row under their code renames them,
    moves them, ties them to categories or takes them out of use. Codes are never deleted: an old solution always has
    its words.
    """

    # As long as Resolution.root_cause.
    code = models.SlugField(max_length=20, unique=True)
    position = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField(default=True)
    # Where it is offered; none: everywhere.
    categories = models.ManyToManyField("tickets.Category", blank=True, related_name="root_causes")

    class Meta:
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(condition=~Q(name_bn="") | ~Q(name_en=""), name="tickets_root_cause_has_name"),
            models.CheckConstraint(condition=~Q(code=""), name="tickets_root_cause_has_code"),
        ]

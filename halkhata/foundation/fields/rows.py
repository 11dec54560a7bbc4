"""The tables that hold what was filled in. Abstract: each app whose records have fields brings its own table.

So a value belongs to a record that exists, goes with it, and is moved with it when two records are merged.
"""

from django.db import models
from django.db.models import Q

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now

TEXT_LENGTH = 300
FOLDED_LENGTH = 500
COLUMNS = ("folded", "long_text", "number", "date", "truth")


def _one_column() -> Q:
    """Exactly one typed column is filled."""
    first, *rest = (Q(**{f"{name}__isnull": name != filled for name in COLUMNS}) for filled in COLUMNS)
    for other in rest:
        first |= other
    return first


ONE_COLUMN = _one_column()


class ValueRow(models.Model):
    """One value of one record, in the column of its kind.

    A concrete table adds ``record``, its foreign key. A field of several options has a row for each, with the option's
    code as ``slot``; all others have the slot "".
    """

    field = models.ForeignKey("fields.FieldDefinition", on_delete=models.PROTECT, related_name="+", db_index=False)
    slot = models.CharField(max_length=40, blank=True)
    # As typed; ``folded`` is what is compared and indexed (for options: the code).
    text = models.CharField(max_length=TEXT_LENGTH, blank=True)
    folded = models.CharField(max_length=FOLDED_LENGTH, null=True, blank=True)
    long_text = models.TextField(null=True, blank=True)
    number = models.DecimalField(max_digits=15, decimal_places=4, null=True, blank=True)
    date = models.DateField(null=True, blank=True)
    truth = models.BooleanField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["record", "field", "slot"], name="%(app_label)s_%(class)s_once"),
            models.CheckConstraint(
                condition=ONE_COLUMN,
                name="%(app_label)s_%(class)s_one",
            ),
        ]
        indexes = [
            models.Index(
                fields=["field", "folded", "record"],
                condition=Q(folded__isnull=False),
                name="%(app_label)s_%(class)s_f",
            ),
            models.Index(
                fields=["field", "number", "record"],
                condition=Q(number__isnull=False),
                name="%(app_label)s_%(class)s_n",
            ),
            models.Index(
                fields=["field", "date", "record"], condition=Q(date__isnull=False), name="%(app_label)s_%(class)s_d"
            ),
            models.Index(
                fields=["field", "truth", "record"], condition=Q(truth__isnull=False), name="%(app_label)s_%(class)s_t"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field_id}: {self.text}"


class TagUse(models.Model):
    """One tag on one record. A concrete table adds ``record``, its foreign key."""

    tag = models.ForeignKey("fields.Tag", on_delete=models.CASCADE, related_name="+", db_index=False)
    added_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    added_at = models.DateTimeField(default=now)

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint(fields=["record", "tag"], name="%(app_label)s_%(class)s_once")]
        indexes = [models.Index(fields=["tag", "record"], name="%(app_label)s_%(class)s_tag")]

    def __str__(self) -> str:
        return f"tag {self.tag_id}"

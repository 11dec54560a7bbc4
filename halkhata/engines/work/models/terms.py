"""The stamp of the shop's terms: a value that is new whenever one of their rows is."""

from django.db import models


class TermsStamp(models.Model):
    """One row whose value the database itself replaces when terms are written (migrations, ``stamped.py``).

    Terms are the policies with their targets, the calendars, the escalation matrix and the checklist templates. The
    value is drawn anew each time, never counted on: a change that was rolled back leaves no value that a later change
    could have again. Without the row nothing is remembered between two looks.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    value = models.CharField(max_length=40)

    def __str__(self) -> str:
        return self.value

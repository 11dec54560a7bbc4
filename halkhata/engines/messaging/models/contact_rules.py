"""How often and when a customer hears from us without a matter of their own (E.14, E.5)."""

from datetime import time

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

QUIET_FROM, QUIET_UNTIL = time(21), time(9)
A_WEEK = 2


class ContactRules(models.Model):
    """The one row; there is none until somebody changes something."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    # To one customer within seven days, by all ways together.
    a_week = models.PositiveSmallIntegerField(default=A_WEEK)
    # Both or none; past midnight when it ends before it begins. On the customer's own clock.
    quiet_from = models.TimeField(null=True, blank=True, default=QUIET_FROM)
    quiet_until = models.TimeField(null=True, blank=True, default=QUIET_UNTIL)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="messaging_contact_rules_are_one_row"),
            models.CheckConstraint(condition=Q(a_week__gte=1, a_week__lte=50), name="messaging_contact_a_week"),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | (Q(quiet_from__isnull=False, quiet_until__isnull=False) & ~Q(quiet_from=F("quiet_until"))),
                name="messaging_quiet_hours_are_a_span",
            ),
        ]

    def __str__(self) -> str:
        return str(_("How often and when customers hear from us"))

"""The ceilings on what is done without a person."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class MailLimits(models.Model):
    """The one row of ceilings (A52.5); there is none until somebody changes one."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    # At most so many automatic mails to one address within the window, whatever asks for them.
    per_address = models.PositiveSmallIntegerField(default=5)
    window_minutes = models.PositiveSmallIntegerField(default=120)
    # At most so many automatic mails of the whole shop within an hour.
    per_hour = models.PositiveIntegerField(default=500)
    # At most so many reopenings of one thread by mail within an hour.
    reopenings = models.PositiveSmallIntegerField(default=3)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="messaging_limits_are_one_row"),
            models.CheckConstraint(
                condition=Q(per_address__gte=1, per_address__lte=50), name="messaging_limit_per_address"
            ),
            models.CheckConstraint(
                condition=Q(window_minutes__gte=10, window_minutes__lte=1440), name="messaging_limit_window"
            ),
            models.CheckConstraint(condition=Q(per_hour__gte=1, per_hour__lte=100_000), name="messaging_limit_hour"),
            models.CheckConstraint(condition=Q(reopenings__gte=1, reopenings__lte=50), name="messaging_limit_reopen"),
        ]

    def __str__(self) -> str:
        return str(_("Limits of automatic mail"))

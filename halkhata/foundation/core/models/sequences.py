"""Numbers that people say on the phone."""

from django.db import models


class NumberSequence(models.Model):
    """The last number given out under a prefix such as ``K`` (complaint tickets)."""

    prefix = models.CharField(primary_key=True, max_length=8)
    last_value = models.PositiveIntegerField(default=1000)

    def __str__(self) -> str:
        return f"{self.prefix}-{self.last_value}"

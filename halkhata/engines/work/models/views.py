"""Saved views of the queue."""

from django.db import models

from halkhata.foundation.accounts.models import User


class SavedView(models.Model):
    """A name for a set of queue filters (the query string), one's own or shared."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=500)
    is_shared = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="work_saved_view_once")]

    def __str__(self) -> str:
        return self.name

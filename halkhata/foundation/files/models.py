"""Attachments: stored once by content, served only to those who may see the record they hang on."""

from django.db import models


class StoredFile(models.Model):
    """One attachment. The bytes lie under a generated name; the name a person gave is only ever shown."""

    original_name = models.CharField(max_length=255)
    # Told from the content, never from the name or the sender's claim.
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    path = models.CharField(max_length=120)
    thumbnail_path = models.CharField(max_length=120, blank=True)
    is_image = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    is_demo = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.original_name

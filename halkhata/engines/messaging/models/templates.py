"""Texts of automatic messages, per department, channel and language (B.1)."""

from django.db import models
from django.db.models import Q

from halkhata.engines.messaging.choices import TemplateCode
from halkhata.engines.work.choices import Channel
from halkhata.foundation.accounts.choices import Language
from halkhata.foundation.accounts.models import Team
from halkhata.foundation.files.models import StoredFile


class Template(models.Model):
    """One text. Without a team it is the fallback of its occasion, channel and language."""

    code = models.CharField(max_length=10, choices=TemplateCode.choices)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE, related_name="templates")
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.EMAIL)
    language = models.CharField(max_length=5, choices=Language.choices)
    subject = models.CharField(max_length=200)
    # {{ name }} or {{ name|words where nothing is known }}, from a closed list; no template engine (B49).
    body = models.TextField()
    # [{"label": "...", "url": "https://..."}]: help pages, price lists.
    links = models.JSONField(default=list, blank=True)
    documents = models.ManyToManyField(StoredFile, blank=True, related_name="+")
    is_active = models.BooleanField(default=True)
    # A department's own text that is kept but not used: the one for every department goes out in its place.
    is_set_aside = models.BooleanField(default=False)
    # What is sent now, so that a message can keep it without asking for it.
    current = models.ForeignKey(
        "TemplateVersion", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    # Counts every change, for whoever changes it at the same time as somebody else.
    version = models.PositiveIntegerField(default=1)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["code", "language", "team_id"]
        constraints = [
            models.UniqueConstraint(fields=["code", "team", "channel", "language"], name="messaging_template_once"),
            models.UniqueConstraint(
                fields=["code", "channel", "language"],
                condition=Q(team__isnull=True),
                name="messaging_one_fallback_template",
            ),
            models.CheckConstraint(
                condition=Q(is_set_aside=False) | Q(team__isnull=False), name="messaging_only_own_texts_are_set_aside"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.language} {self.team or ''}".strip()

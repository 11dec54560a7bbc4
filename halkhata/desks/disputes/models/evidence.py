"""The evidence file: each line as it was when it was taken in, with its hash. Append-only (A60.3)."""

from django.db import models
from django.db.models import Q

from halkhata.desks.disputes.choices import EvidenceKind, FactCode, Party
from halkhata.desks.disputes.models.disputes import Dispute
from halkhata.foundation.accounts.models import User
from halkhata.foundation.files.models import StoredFile


class EvidenceItem(models.Model):
    """One thing in the file. What changes where it came from is taken in anew; the old line stays."""

    dispute = models.ForeignKey(Dispute, on_delete=models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=10, choices=EvidenceKind.choices)
    party = models.CharField(max_length=8, choices=Party.choices)
    # Where it came from ("message:17"); the same content of the same origin stands here once.
    origin = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    happened_at = models.DateTimeField(null=True, blank=True)
    file = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Of the file's bytes, or of the text in UTF-8.
    sha256 = models.CharField(max_length=64)
    # The line of the checklist that it answers.
    fact = models.CharField(max_length=20, choices=FactCode.choices, blank=True)
    collected_at = models.DateTimeField()
    actor_id_then = models.BigIntegerField(null=True, blank=True)
    actor_label = models.CharField(max_length=150, blank=True)

    # What the reader calls it: put there by selectors/headings.py, kept nowhere.
    heading: str = ""
    # What it says in the reader's words, and whether that is other than its text: selectors/plain_words.py.
    said: str = ""
    is_said: bool = False

    class Meta:
        ordering = ["happened_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["dispute", "origin", "sha256"], name="disputes_evidence_once"),
            models.CheckConstraint(condition=~Q(text="") | Q(file__isnull=False), name="disputes_evidence_says_it"),
            models.CheckConstraint(condition=Q(kind__in=EvidenceKind.values), name="disputes_evidence_kind"),
            models.CheckConstraint(condition=Q(party__in=Party.values), name="disputes_evidence_party"),
        ]
        indexes = [models.Index(fields=["dispute", "happened_at", "id"], name="disputes_evidence_line")]

    def __str__(self) -> str:
        return self.title


class FactNote(models.Model):
    """Why a line of the checklist cannot be had: "the memo was lost". Written once; a later one goes on top."""

    dispute = models.ForeignKey(Dispute, on_delete=models.CASCADE, related_name="fact_notes")
    fact = models.CharField(max_length=20, choices=FactCode.choices)
    why = models.CharField(max_length=300)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(why=""), name="disputes_fact_note_says_why")]

    def __str__(self) -> str:
        return f"{self.fact}: {self.why}"

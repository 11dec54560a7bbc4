"""Who is looking at a ticket just now, and answers that are kept ready (A52.18, A52.19)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets.choices import TicketState
from halkhata.engines.messaging.models import Message
from halkhata.foundation.accounts.models import Team, User
from halkhata.foundation.core.reader import current_reader


class TicketPresence(models.Model):
    """Somebody's open page of a ticket. Forgotten soon after the last sign of life."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="present")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()
    is_writing = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "user"], name="tickets_present_once")]
        indexes = [models.Index(fields=["seen_at"], name="tickets_present_seen")]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.ticket_id}"


class CannedReply(models.Model):
    """A ready-made answer in both languages, with what it does to the ticket beside (a macro).

    Without team and owner it is the whole shop's; with a team that department's; with an owner that person's alone.
    """

    title_bn = models.CharField(max_length=80, blank=True)
    title_en = models.CharField(max_length=80, blank=True)
    # {{ name }} placeholders from a closed list; no template engine (B49, docs/adr/0010).
    text_bn = models.TextField(blank=True)
    text_en = models.TextField(blank=True)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="canned_replies")
    # Offered for tickets of this category only; none: for every ticket.
    for_category = models.ForeignKey(
        "tickets.Category", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # [{"label": "...", "url": "https://..."}]: pages of help that go along.
    links = models.JSONField(default=list, blank=True)
    sets_state = models.CharField(max_length=24, blank=True)
    sets_category = models.ForeignKey(
        "tickets.Category", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["title_en", "title_bn", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(title_bn="") | ~Q(title_en=""), name="tickets_canned_has_title"),
            models.CheckConstraint(condition=~Q(text_bn="") | ~Q(text_en=""), name="tickets_canned_has_text"),
            models.CheckConstraint(condition=Q(team__isnull=True) | Q(owner__isnull=True), name="tickets_canned_scope"),
            models.CheckConstraint(
                condition=Q(
                    sets_state__in=["", "open", "waiting_customer", "waiting_manufacturer", "waiting_internal"]
                ),
                name="tickets_canned_state",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """Its name in the reader's language, else in the other."""
        bn, en = self.title_bn or self.title_en, self.title_en or self.title_bn
        return bn if current_reader().language == "bn" else en

    @property
    def state_label(self) -> str:
        """The state it leads to, in the reader's language; "" for none."""
        return str(TicketState(self.sets_state).label) if self.sets_state else ""

    @property
    def scope_label(self) -> str:
        """Whose it is."""
        if self.owner_id is not None:
            return str(self.owner)
        return str(self.team) if self.team_id is not None else str(_("Everybody"))


class CannedUse(models.Model):
    """A ready-made answer went out: once for each message it was used in."""

    reply = models.ForeignKey(CannedReply, on_delete=models.CASCADE, related_name="uses")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reply", "message"], name="tickets_canned_use_once")]
        indexes = [models.Index(fields=["reply", "-at"], name="tickets_canned_used")]

    def __str__(self) -> str:
        return f"{self.reply_id} in {self.message_id}"

"""What the customers' door remembers: who asked to come in, copies of own data, and photos that wait for their form."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from halkhata.desks.returns.models import ReturnRequest
from halkhata.desks.tickets.models import Ticket
from halkhata.foundation.files.models import StoredFile
from halkhata.records.customers.models import ContactPoint
from halkhata.records.privacy.models import DataRequest


class FollowRequest(models.Model):
    """Somebody named a ticket and a phone number, or for their own data the phone number alone (``number`` "").

    A row is written whether they belong together or not.

    What they named is kept as keyed hashes; ``sealed_phone`` is emptied by the job that looks whether they belong
    together (B79: the page that asks knows nothing, so it can tell nothing). Then the code, and one session.
    """

    number = models.CharField(max_length=20)
    phone_hash = models.CharField(max_length=64)
    sealed_phone = models.TextField(blank=True)
    address_hash = models.CharField(max_length=64)
    browser_hash = models.CharField(max_length=64)
    language = models.CharField(max_length=5)
    # Where whoever named a phone alone wants to go: "" to what is kept about them, "mine" to their products.
    wants = models.CharField(max_length=8, blank=True)
    requested_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True, blank=True)
    # Set when they belong together; without, no code is right. Of whoever named a phone alone only the contact.
    ticket = models.ForeignKey(Ticket, null=True, blank=True, on_delete=models.CASCADE, related_name="follow_requests")
    # A way to reach the customer that is taken away ends what was opened by it.
    contact = models.ForeignKey(ContactPoint, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    code_hash = models.CharField(max_length=64, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)
    session_hash = models.CharField(max_length=64, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("requested_at")), name="portal_follow_expires_later"),
            models.CheckConstraint(
                condition=Q(code_hash="") | Q(contact__isnull=False) & (Q(number="") | Q(ticket__isnull=False)),
                name="portal_code_has_an_owner",
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | (~Q(session_hash="") & ~Q(code_hash="")),
                name="portal_used_code_opened_a_session",
            ),
            models.UniqueConstraint(
                fields=["session_hash"], condition=~Q(session_hash=""), name="portal_follow_session_once"
            ),
        ]
        indexes = [
            models.Index(fields=["phone_hash", "-requested_at"], name="portal_follow_phone"),
            models.Index(fields=["address_hash", "-requested_at"], name="portal_follow_address"),
            models.Index(fields=["browser_hash", "-id"], name="portal_follow_browser"),
            models.Index(fields=["requested_at"], name="portal_follow_age"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.requested_at:%Y-%m-%d %H:%M}"


class ReturnAsking(models.Model):
    """Somebody named a serial number or memo and a phone, to give something back. A row is written either way.

    What was typed is sealed and emptied by the job that looks whether number and phone belong together. If they do, the
    return is taken down and a code goes to that phone; without the code it is withdrawn again.
    """

    sealed_form = models.TextField(blank=True)
    phone_hash = models.CharField(max_length=64)
    address_hash = models.CharField(max_length=64)
    browser_hash = models.CharField(max_length=64)
    language = models.CharField(max_length=5)
    requested_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True, blank=True)
    # Set when number and phone belong together; without, no code is right.
    request = models.ForeignKey(ReturnRequest, null=True, blank=True, on_delete=models.CASCADE, related_name="askings")
    # Taken down for this asking, and not open before it.
    is_new = models.BooleanField(default=False)
    code_hash = models.CharField(max_length=64, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("requested_at")), name="portal_asking_expires_later"),
            models.CheckConstraint(
                condition=Q(code_hash="") | Q(request__isnull=False), name="portal_return_code_has_a_return"
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | ~Q(code_hash=""), name="portal_return_code_was_there"
            ),
        ]
        indexes = [
            models.Index(fields=["phone_hash", "-requested_at"], name="portal_asking_phone"),
            models.Index(fields=["address_hash", "-requested_at"], name="portal_asking_address"),
            models.Index(fields=["browser_hash", "-id"], name="portal_asking_browser"),
            models.Index(fields=["requested_at"], name="portal_asking_age"),
        ]

    def __str__(self) -> str:
        return f"{self.requested_at:%Y-%m-%d %H:%M}"


class CopyState(models.TextChoices):
    """How far a copy is."""

    WAITING = "waiting", _("Being made")
    DONE = "done", _("Ready")
    FAILED = "failed", _("Failed")


class DataCopy(models.Model):
    """Everything that is kept about somebody, as a file, for the session in which they asked: it goes with it."""

    session = models.OneToOneField(FollowRequest, on_delete=models.CASCADE, related_name="copy")
    # Its clock runs until the file was fetched.
    request = models.ForeignKey(DataRequest, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=8, choices=CopyState.choices, default=CopyState.WAITING)
    file = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=CopyState.values), name="portal_copy_state"),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(file__isnull=False), name="portal_done_copy_has_file"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting") | Q(ended_at__isnull=False), name="portal_ended_copy_has_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"


class Draft(models.Model):
    """One form that a customer has open: its photos while something else must be mended, and whether it was sent."""

    # The form's own random id; sent twice, a form is known by it.
    key = models.CharField(max_length=64, unique=True)
    address_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    # What it became.
    ticket = models.ForeignKey(Ticket, null=True, blank=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["created_at"], name="portal_draft_age"),
            models.Index(fields=["address_hash", "created_at"], name="portal_draft_address"),
        ]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M}"


class DraftFile(models.Model):
    """A photo that waits. It hangs on no message yet, so nobody may open it."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="files")
    file = models.OneToOneField(StoredFile, on_delete=models.CASCADE, related_name="portal_draft")

    def __str__(self) -> str:
        return str(self.file)

"""Mailboxes: the shop's own e-mail addresses, how to read and how to send."""

from django.db import models
from django.db.models import Q

from halkhata.foundation.accounts.models import Branch, Team


class Mailbox(models.Model):
    """One address with its IMAP and SMTP servers. Passwords are kept encrypted (``keys.py``)."""

    NONE, STARTTLS, TLS = "none", "starttls", "tls"
    SECURITY = [(NONE, "none"), (STARTTLS, "STARTTLS"), (TLS, "TLS")]

    name = models.CharField(max_length=80)
    address = models.EmailField(unique=True)
    display_name = models.CharField(max_length=80, blank=True)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="mailboxes")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="mailboxes")
    # What an inbound mail opens here.
    opens_kind = models.CharField(max_length=20, default="complaint")
    imap_host = models.CharField(max_length=120, blank=True)
    imap_port = models.PositiveIntegerField(default=993)
    imap_security = models.CharField(max_length=8, choices=SECURITY, default=TLS)
    imap_username = models.CharField(max_length=120, blank=True)
    imap_password = models.TextField(blank=True)
    # For which server and user the password was typed: it is sent nowhere else (services/passwords.py).
    imap_password_place = models.CharField(max_length=320, blank=True)
    imap_folder = models.CharField(max_length=120, default="INBOX")
    imap_uidvalidity = models.BigIntegerField(null=True, blank=True)
    imap_last_uid = models.BigIntegerField(default=0)
    # A mail on which reading broke off, and how often: after five tries it is put aside in view.
    imap_stuck_uid = models.BigIntegerField(null=True, blank=True)
    imap_stuck_tries = models.PositiveSmallIntegerField(default=0)
    smtp_host = models.CharField(max_length=120, blank=True)
    smtp_port = models.PositiveIntegerField(default=587)
    smtp_security = models.CharField(max_length=8, choices=SECURITY, default=STARTTLS)
    smtp_username = models.CharField(max_length=120, blank=True)
    smtp_password = models.TextField(blank=True)
    smtp_password_place = models.CharField(max_length=320, blank=True)
    # The server delivers support+anything@ to support@: then replies carry the thread token in the address, too.
    uses_plus_address = models.BooleanField(default=False)
    # The name by which the server that takes our mail in signs its Authentication-Results (RFC 8601); others' are not
    # believed. Empty: nobody vouches for senders.
    auth_server = models.CharField(max_length=253, blank=True)
    is_default = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    last_fetch_at = models.DateTimeField(null=True, blank=True)
    # A code of services/mail_errors.py, which pages put into words; beside it what the server or the system said.
    last_fetch_code = models.CharField(max_length=40, blank=True)
    last_fetch_error = models.CharField(max_length=500, blank=True)
    # Since when it has failed without a break; empty while it works.
    fetch_failing_since = models.DateTimeField(null=True, blank=True)
    last_send_at = models.DateTimeField(null=True, blank=True)
    last_send_code = models.CharField(max_length=40, blank=True)
    last_send_error = models.CharField(max_length=500, blank=True)
    send_failing_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-is_default", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="messaging_one_default_mailbox"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>"

"""Our own side: a WhatsApp number or a page, and the templates approved for it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from halkhata.engines.chat.choices import ChatKind, TemplateState
from halkhata.foundation.accounts.choices import Language
from halkhata.foundation.accounts.models import Branch, Team
from halkhata.foundation.core.clock import now

DEFAULT_API = "https://graph.facebook.com/v23.0"


class ChatAccount(models.Model):
    """One WhatsApp number or one page of ours. Secrets are sealed (core.secret_box) and never shown again."""

    # Names it in the webhook's address; not secret.
    key = models.SlugField(max_length=24, unique=True)
    kind = models.CharField(max_length=10, choices=ChatKind.choices)
    name = models.CharField(max_length=80)
    # Meta's id of the number or of the page, and of the business account that templates belong to.
    external_id = models.CharField(max_length=40)
    business_id = models.CharField(max_length=40, blank=True)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    # The kind of item that a first message opens.
    opens_kind = models.CharField(max_length=20, default="complaint")
    api_url = models.CharField(max_length=200, default=DEFAULT_API)
    app_secret = models.TextField(blank=True)
    access_token = models.TextField(blank=True)
    verify_token = models.TextField(blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=now)
    # Health: what the last look at the token said. ``failing_since`` is when the failures that go on began.
    checked_at = models.DateTimeField(null=True, blank=True)
    works_at = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=40, blank=True)
    said = models.CharField(max_length=300, blank=True)
    alarmed_at = models.DateTimeField(null=True, blank=True)
    last_heard_at = models.DateTimeField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ChatKind.values), name="chat_account_kind"),
            models.CheckConstraint(condition=~Q(external_id="") & ~Q(name=""), name="chat_account_is_named"),
            models.UniqueConstraint(fields=["kind", "external_id"], name="chat_account_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The way and the account: "WhatsApp · Showroom"."""
        return f"{self.get_kind_display()} · {self.name}"


class ChatTemplate(models.Model):
    """A text that Meta has approved, with numbered gaps: the only thing that may go once the window is closed."""

    account = models.ForeignKey(ChatAccount, on_delete=models.CASCADE, related_name="templates")
    name = models.CharField(_("name"), max_length=200)
    language = models.CharField(max_length=10, default="bn")
    # With {{1}}, {{2}} … where the values go.
    body = models.TextField()
    gaps = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=8, choices=TemplateState.choices, default=TemplateState.PENDING)
    # Read from Meta rather than typed in.
    is_synced = models.BooleanField(default=False)
    changed_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["name", "language"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=TemplateState.values), name="chat_template_state"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(body=""), name="chat_template_has_text"),
            models.UniqueConstraint(fields=["account", "name", "language"], name="chat_template_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def language_label(self) -> str:
        """The language in the reader's words; Meta's code for any other."""
        code = self.language.partition("_")[0]
        return str(Language(code).label) if code in Language.values else self.language

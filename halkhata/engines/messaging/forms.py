"""Forms of the messaging pages."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.models import Mailbox
from halkhata.engines.messaging.policies import mailbox_branches, mailbox_teams, may_set_default
from halkhata.engines.messaging.registry import inbound_desks
from halkhata.engines.messaging.selectors.auth_servers import server_words, servers_seen
from halkhata.engines.work.registry import item_kinds
from halkhata.foundation.accounts.models import Team, User
from halkhata.foundation.core.form_choices import choice_field, offer_choices, offer_records
from halkhata.records.customers.models import Customer

SECURITY = [
    (Mailbox.TLS, _("TLS (encrypted from the start)")),
    (Mailbox.STARTTLS, _("STARTTLS (encrypted after the greeting)")),
    (Mailbox.NONE, _("None (only inside your own network)")),
]


class OpenTicketForm(forms.Form):
    """For whom a ticket is made of a mail."""

    customer = forms.ModelChoiceField(
        label=_("For which customer"), queryset=Customer.objects.none(), required=False, empty_label=None,
        widget=forms.RadioSelect,
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        customers: QuerySet[Customer],
        found: list[Customer] | None = None,
        has_sender: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offer_records(self, "customer", customers)
        field = choice_field(self, "customer")
        choices: list[tuple[Any, Any]] = [(customer.pk, str(customer)) for customer in found or []]
        if has_sender:
            choices.insert(0, ("", _("The sender of the mail (written down if new)")))
            field.initial = ""
        # Only the list that is shown: whom the form accepts is decided by the records above.
        field.widget.choices = choices


class SetAsideForm(forms.Form):
    """Why a mail needs no ticket."""

    note = forms.CharField(
        label=_("Why it needs no ticket"), max_length=200, help_text=_("For instance: advertising, or a test.")
    )


class MailboxForm(forms.ModelForm):
    """A mailbox. Passwords are written here and never shown again."""

    imap_password = forms.CharField(label=_("Password"), required=False, widget=forms.PasswordInput, strip=False)
    smtp_password = forms.CharField(label=_("Password"), required=False, widget=forms.PasswordInput, strip=False)
    opens_kind = forms.ChoiceField(label=_("A new mail opens"))
    take_old = forms.BooleanField(
        label=_("Also take in the mail that lies there already"), required=False,
        help_text=_("Without this, only what comes from now on opens tickets."),
    )  # fmt: skip

    class Meta:
        model = Mailbox
        fields = (
            "name", "address", "display_name", "branch", "team", "opens_kind", "is_default", "is_active",
            "imap_host", "imap_port", "imap_security", "imap_username", "imap_password", "imap_folder",
            "auth_server",
            "smtp_host", "smtp_port", "smtp_security", "smtp_username", "smtp_password", "uses_plus_address",
        )  # fmt: skip
        labels = {
            "name": _("Name"),
            "address": _("E-mail address"),
            "display_name": _("Sender's name in mails"),
            "branch": _("Branch"),
            "team": _("Department"),
            "is_default": _("Use it where no other mailbox fits"),
            "is_active": _("In use"),
            "imap_host": _("Server (IMAP)"),
            "imap_port": _("Port"),
            "imap_security": _("Encryption"),
            "imap_username": _("User name"),
            "imap_folder": _("Folder"),
            "auth_server": _("Name of the server that checks senders"),
            "smtp_host": _("Server (SMTP)"),
            "smtp_port": _("Port"),
            "smtp_security": _("Encryption"),
            "smtp_username": _("User name"),
            "uses_plus_address": _("The server delivers name+anything@ to name@"),
        }
        help_texts = {
            "uses_plus_address": _("Then answers find their ticket even when a mail program drops the usual marks."),
            "auth_server": _(
                "It stands first in the line Authentication-Results of each mail that came in. Only what this server "
                "says about a sender is believed. Empty: no sender is ever vouched for."
            ),
            "team": _("Mail that comes in here goes to this department. Empty: to the branch."),
        }

    OWN = ("name", "address", "display_name", "branch", "team", "opens_kind", "is_default", "is_active")
    IMAP = (
        "imap_host", "imap_port", "imap_security", "imap_username", "imap_password", "imap_folder",
        "auth_server", "take_old",
    )  # fmt: skip
    SMTP = ("smtp_host", "smtp_port", "smtp_security", "smtp_username", "smtp_password", "uses_plus_address")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What the mailbox has already stays on offer: a branch that was closed, a department of head office.
        offer_records(self, "branch", mailbox_branches(user).filter(Q(is_active=True) | Q(pk=self.instance.branch_id)))
        reachable = Team.objects.filter(Q(pk__in=mailbox_teams(user), is_active=True) | Q(pk=self.instance.team_id))
        offer_records(self, "team", reachable)
        self.fields["branch"].empty_label = _("Choose a branch")  # type: ignore[attr-defined]
        self.fields["team"].empty_label = _("No department of its own")  # type: ignore[attr-defined]
        if not may_set_default(user):
            self.fields["is_default"].disabled = True
            self.fields["is_default"].help_text = _("Only somebody who looks after the whole shop can change this.")
        offer_choices(self, "opens_kind", kinds_opened_by_mail())
        for name in ("imap_security", "smtp_security"):
            offer_choices(self, name, SECURITY)
        for name in ("imap_password", "smtp_password"):
            self.fields[name].widget.attrs["autocomplete"] = "new-password"
            if getattr(self.instance, name):
                self.fields[name].help_text = _(
                    "A password is kept. Leave this empty to keep it. If you change server, port, encryption or user "
                    "name, type it again."
                )

        if self.instance.pk:
            seen = servers_seen(self.instance)
            if seen:
                self.fields["auth_server"].help_text = format_lazy(
                    "{} {}", self.fields["auth_server"].help_text, server_words(seen)
                )

    @property
    def own(self) -> list[forms.BoundField]:
        """What the mailbox is."""
        return [self[name] for name in self.OWN]

    @property
    def imap(self) -> list[forms.BoundField]:
        """How mail comes in."""
        return [self[name] for name in self.IMAP]

    @property
    def smtp(self) -> list[forms.BoundField]:
        """How mail goes out."""
        return [self[name] for name in self.SMTP]

    def clean_display_name(self) -> str:
        """One line: it becomes part of a mail's header."""
        return " ".join(self.cleaned_data["display_name"].split())

    def _post_clean(self) -> None:
        """Leave the instance as it is: the service writes the values, passwords encrypted."""


def kinds_opened_by_mail() -> list[tuple[str, Any]]:
    """The kinds of item that take mail, with their words."""
    known = item_kinds
    return [(name, entry.label if (entry := known.find(name)) else name) for name, _desk in inbound_desks.items()]

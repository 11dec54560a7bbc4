"""A new password by e-mail: the page answers everybody alike; a job looks whether there is anybody to write to."""

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.foundation.accounts.models import AccessLink, AccessPolicy, User
from halkhata.foundation.accounts.services.links import make_mailed_link
from halkhata.foundation.accounts.services.sign_in import canonical_login
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.registry import staff_mailers
from halkhata.foundation.core.text import clean_text


def is_offered() -> bool:
    """Whether the sign-in page offers a link by mail: wished in the settings, and outgoing mail is set up."""
    mailer = staff_mailers.find("mail")
    return mailer is not None and mailer.can_send() and AccessPolicy.current().reset_by_mail


def mail_link_to(typed: str) -> bool:
    """Write to whoever has this user name, phone or e-mail address, if they have an address. Returns whether.

    An address that two people share gets no mail: which of them asked cannot be known. Raises OSError when the mail
    server is away, so that the job runs again.
    """
    text = clean_text(typed, max_length=254)
    mailer = staff_mailers.find("mail")
    if not text or mailer is None or not is_offered():
        return False
    found = list(
        User.objects.filter(Q(email__iexact=text) | Q(username=canonical_login(text)), is_active=True, is_demo=False)
        .exclude(email="")[:2]
    )  # fmt: skip
    if len(found) != 1:
        return False
    user = found[0]
    address = make_mailed_link(user=user)
    if address is None:
        return False
    with translation.override(user.language):
        shop = Installation.current().shop_name or "Halkhata"
        subject = _("Choose a new password for %(shop)s") % {"shop": shop}
        text = "\n\n".join(
            [
                _("Hello %(name)s,") % {"name": user.name},
                _("somebody asked for a new password for your account at %(shop)s. If it was you, open this link within one hour:") % {"shop": shop},  # noqa: E501
                address,
                _("If it was not you, do nothing: your password stays as it is."),
            ]
        )  # fmt: skip
    try:
        mailer.send(to=user.email, subject=subject, text=text, language=user.language)
    except OSError:
        # Nobody got this link: it must neither live nor count, for the job tries again with another.
        AccessLink.objects.filter(user=user, by_mail=True, used_at__isnull=True).delete()
        raise
    return True

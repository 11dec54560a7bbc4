"""What happens around signing in."""

from django.contrib.auth.models import AbstractBaseUser
from django.contrib.sessions.models import Session
from django.db import transaction

from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.phones import PhoneError, parse_phone
from halkhata.foundation.core.text import clean_text


def canonical_login(typed: str) -> str:
    """One spelling for one account: the user name of whoever has this name or phone, else the typed text in lower case.

    Wrong passwords are counted per spelling; without this ten spellings of a phone number would give a hundred tries.
    """
    text = clean_text(typed, max_length=150)
    user = User.objects.filter(username__iexact=text).first()
    if user is None:
        try:
            user = User.objects.filter(phone_e164=parse_phone(text).e164).first()
        except PhoneError:
            user = None
    return user.username if user else text.casefold()


def note_sign_in(*, user: User) -> None:
    """Write to the audit trail that somebody signed in."""
    with transaction.atomic():
        record(actor=user, action="user.sign_in", record=user)


def end_sessions(user: AbstractBaseUser) -> int:
    """Sign somebody out everywhere. Returns how many sessions ended."""
    # Sessions carry the user only inside their signed data, so each living one has to be read. A shop has dozens.
    keys = [
        session.session_key
        for session in Session.objects.filter(expire_date__gt=now()).iterator()
        if str(session.get_decoded().get("_auth_user_id")) == str(user.pk)
    ]
    return Session.objects.filter(session_key__in=keys).delete()[0]

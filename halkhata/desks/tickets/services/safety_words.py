"""The list of words of danger, kept by the shop (A52.9)."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets.models import SafetyWord
from halkhata.desks.tickets.services.settings_guard import require_settings
from halkhata.foundation.audit.trail import Actor, record
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.text import clean_text, search_key

LONGEST = 60
MOST = 500


def add_safety_word(*, actor: Actor | None, word: str) -> SafetyWord:
    """Put a word, or a few that belong together, on the list.

    A word that is listed and switched off is switched on again. Raises PermissionRefused; DomainError ``empty``,
    ``too_short`` (one letter stands in every text), ``too_long``, ``known``, ``too_many``.
    """
    require_settings(actor)
    text = clean_text(word)
    key = search_key(text)
    if not key:
        raise DomainError("empty", _("Write the word."), field="word")
    if len(key) < 2:
        raise DomainError("too_short", _("One letter is no word: it would be found everywhere."), field="word")
    if len(text) > LONGEST:
        raise DomainError("too_long", _("At most 60 characters: a word or two, no sentence."), field="word")
    with transaction.atomic():
        rows = list(SafetyWord.objects.select_for_update())
        known = next((row for row in rows if search_key(row.word) == key), None)
        if known is not None and known.is_active:
            raise DomainError("known", _("“%(word)s” is on the list already.") % {"word": known.word}, field="word")
        if known is not None:
            return switch_safety_word(actor=actor, word=known, is_active=True)
        if len(rows) >= MOST:
            raise DomainError("too_many", _("The list is full. Where every word is danger, none is."), field="word")
        row = SafetyWord.objects.create(word=text)
        record(actor=actor, action="safety_word.add", record=row, after={"word": text, "is_active": True})
    return row


def switch_safety_word(*, actor: Actor | None, word: SafetyWord, is_active: bool) -> SafetyWord:
    """Switch a word off or on; twice changes nothing. Tickets that were found by it stay urgent.

    Raises PermissionRefused.
    """
    require_settings(actor)
    with transaction.atomic():
        row = SafetyWord.objects.select_for_update().get(pk=word.pk)
        if row.is_active != is_active:
            row.is_active = is_active
            row.save(update_fields=["is_active"])
            record(
                actor=actor,
                action="safety_word.switch",
                record=row,
                before={"is_active": not is_active},
                after={"is_active": is_active},
            )
    return row

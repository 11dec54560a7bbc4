"""Writing the draft of the service standards, and publishing it as a version that stays (A51.10)."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused
from halkhata.foundation.core.text import clean_text
from halkhata.oversight.standards.models import StandardsDraft, StandardsVersion
from halkhata.oversight.standards.policies import can_publish_standards
from halkhata.oversight.standards.selectors.facts import current_facts
from halkhata.oversight.standards.selectors.versions import today_in_shop
from halkhata.oversight.standards.texts import CODES, LANGUAGES, LONGEST, first_texts


def _require(actor: User) -> None:
    if not can_publish_standards(actor):
        raise PermissionRefused(
            "permission_refused", _("Only whoever sets up the whole shop may write its service standards.")
        )


def save_draft(*, actor: User, texts: Mapping[str, Mapping[str, str]], version: int | None = None) -> StandardsDraft:
    """Keep the draft. ``texts``: section -> language -> text; a section left out stays.

    Raises PermissionRefused, and Conflict ``changed_meanwhile`` when ``version`` is not the draft's any more.
    """
    _require(actor)
    with transaction.atomic():
        StandardsDraft.objects.get_or_create(pk=1, defaults={"texts": first_texts()})
        row = StandardsDraft.objects.select_for_update().get(pk=1)
        if version is not None and version != row.version:
            raise Conflict("changed_meanwhile", _("Somebody else changed the draft meanwhile. Look at it again."))
        before = row.texts
        row.texts = {
            code: {
                language: clean_text(
                    texts.get(code, {}).get(language, before.get(code, {}).get(language, "")),
                    multiline=True, max_length=LONGEST,
                )
                for language in LANGUAGES
            }
            for code in CODES
        }  # fmt: skip
        row.version += 1
        row.save(update_fields=["texts", "version"])
        record(actor=actor, action="standards.draft", record=row, before={"texts": before}, after={"texts": row.texts})
    return row


def publish_standards(*, actor: User, effective_on: date, version: int | None = None) -> StandardsVersion:
    """Publish the draft with the facts as they are set up now; from then on nobody changes it.

    Raises PermissionRefused; DomainError ``text_missing`` when a section lacks one of the languages, ``day_past`` for
    a day that has gone by; Conflict ``changed_meanwhile``.
    """
    _require(actor)
    today = today_in_shop()
    if effective_on < today:
        raise DomainError("day_past", _("Choose today or a later day."), field="effective_on")
    with transaction.atomic():
        StandardsDraft.objects.get_or_create(pk=1, defaults={"texts": first_texts()})
        row = StandardsDraft.objects.select_for_update().get(pk=1)
        if version is not None and version != row.version:
            raise Conflict("changed_meanwhile", _("Somebody else changed the draft meanwhile. Look at it again."))
        missing = [
            (code, language) for code in CODES for language in LANGUAGES if not row.texts.get(code, {}).get(language)
        ]
        if missing:
            code, language = missing[0]
            raise DomainError(
                "text_missing", _("Write it in both languages before you publish."), field=f"{code}_{language}"
            )
        newest = StandardsVersion.objects.order_by("-number").first()
        published = StandardsVersion.objects.create(
            number=1 if newest is None else newest.number + 1,
            effective_on=effective_on,
            published_at=now(),
            publisher_id_then=actor.pk,
            publisher_label=actor.audit_label[:150],
            texts={code: row.texts[code] for code in CODES},
            facts=current_facts(today),
        )
        record(
            actor=actor,
            action="standards.publish",
            record=published,
            after={"number": published.number, "effective_on": effective_on},
        )
    return published

"""Tags: making them, renaming them, hanging them on records."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.permissions import require
from halkhata.foundation.audit import trail
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.text import clean_text, search_key
from halkhata.foundation.fields.choices import TagTone
from halkhata.foundation.fields.models import Tag
from halkhata.foundation.fields.registry import target_called
from halkhata.foundation.fields.selectors.schema import touch_schema

MOST_TAGS = 20
NAME_LENGTH = 40


def save_tag(
    *, actor: Any, target: str, tag: Tag | None = None, name: str, tone: str = "neutral", is_active: bool = True
) -> Tag:
    """Make a tag or change it.

    Raises PermissionRefused, DomainError "tag_empty", "unknown_tone", Conflict "tag_known".
    """
    if isinstance(actor, User):
        require(actor, "settings.edit")
    target_called(target)
    shown, key = read_tag(name)
    if tone not in TagTone.values:
        raise DomainError("unknown_tone", _("Choose one of the list."), field="tone")
    with transaction.atomic():
        others = Tag.objects.filter(target=target, key=key)
        if (others.exclude(pk=tag.pk) if tag is not None else others).exists():
            raise Conflict("tag_known", _("This tag is there already."), field="name")
        before = None
        if tag is not None:
            tag = Tag.objects.select_for_update().get(pk=tag.pk)
            before = {"name": tag.name, "tone": tag.tone, "is_active": tag.is_active}
        else:
            tag = Tag(target=target, created_by=actor if isinstance(actor, User) else None)
        tag.name, tag.key, tag.tone, tag.is_active = shown, key, tone, is_active
        tag.save()
        touch_schema(target)
        trail.record(
            actor=actor, action="tag.save", record=tag, before=before,
            after={"name": tag.name, "tone": tag.tone, "is_active": tag.is_active},
        )  # fmt: skip
    return tag


def set_tags(*, actor: Any, target: str, record_id: int, names: Iterable[str]) -> list[str]:
    """Let the record carry exactly these tags, by name; a word nobody used yet becomes a tag. Returns their names.

    Raises what the target's ``lock`` raises, and DomainError "tag_empty", "too_many_tags".
    """
    with transaction.atomic():
        of = target_called(target)
        record = of.lock(actor, record_id)
        return hang_tags(actor=actor, target=target, record=record, names=names)


def hang_tags(*, actor: Any, target: str, record: Any, names: Iterable[str], tell: bool = True) -> list[str]:
    """As ``set_tags`` for a record that the caller has locked, or just made, in this transaction."""
    of = target_called(target)
    wanted = {key: shown for shown, key in (read_tag(name) for name in names if clean_text(name))}
    if len(wanted) > MOST_TAGS:
        raise DomainError("too_many_tags", _("At most 20 tags fit on one record."), field="tags")
    tags = [tag_called(actor=actor, target=target, shown=shown, key=key)[0] for key, shown in wanted.items()]
    uses = of.tag_uses._default_manager.filter(record_id=record.pk)
    before = dict(uses.values_list("tag_id", "tag__name"))
    gone = set(before) - {tag.pk for tag in tags}
    new = [tag for tag in tags if tag.pk not in before]
    if not gone and not new:
        return [tag.name for tag in tags]
    uses.filter(tag_id__in=gone).delete()
    by = actor if isinstance(actor, User) else None
    of.tag_uses._default_manager.bulk_create(of.tag_uses(record_id=record.pk, tag=tag, added_by=by) for tag in new)
    after = sorted(tag.name for tag in tags)
    trail.record(
        actor=actor, action=f"{target}.tags", record=record,
        before={"tags": sorted(before.values())}, after={"tags": after},
    )  # fmt: skip
    if tell:
        of.changed(actor=actor, record=record, codes=["tags"])
    return after


def read_tag(name: str) -> tuple[str, str]:
    """A word as a tag: as it is shown, and its folded form. Raises DomainError "tag_empty" (too long, too)."""
    shown = clean_text(str(name)).strip("#").strip()
    key = search_key(shown)[:120]
    if not key or len(shown) > NAME_LENGTH:
        raise DomainError("tag_empty", _("A tag is one to forty letters."), field="tags")
    return shown, key


def tag_called(*, actor: Any, target: str, shown: str, key: str) -> tuple[Tag, bool]:
    """The tag of a word that ``read_tag`` has read, and whether it was made now."""
    tag = Tag.objects.filter(target=target, key=key).first()
    if tag is not None:
        return tag, False
    try:
        with transaction.atomic():
            tag = Tag.objects.create(
                target=target, name=shown, key=key, created_by=actor if isinstance(actor, User) else None
            )
    except IntegrityError:  # somebody else wrote the same new word a moment ago
        return Tag.objects.get(target=target, key=key), False
    touch_schema(target)
    return tag, True


def drop_unused_tags(target: str, ids: Collection[int]) -> int:
    """Remove those of these tags that hang on no record: words that an import brought and took away again."""
    uses = target_called(target).tag_uses._default_manager.filter(tag_id=OuterRef("pk"))
    with transaction.atomic():
        gone, _of = Tag.objects.filter(~Exists(uses), target=target, pk__in=ids).delete()
        if gone:
            touch_schema(target)
    return gone

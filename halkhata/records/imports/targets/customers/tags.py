"""The tags that a list hangs on customers: words in one cell, made into tags where nobody used them yet (A56.13)."""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.bulk_rows import insert_rows
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.fields.services.tags import MOST_TAGS, drop_unused_tags, read_tag, tag_called
from halkhata.records.customers.models_fields import CustomerTag
from halkhata.records.imports.choices import IssueKind
from halkhata.records.imports.registry import Issue

TARGET = "customer"
# Folded form -> as it is shown.
Words = dict[str, str]

_BETWEEN = re.compile("[,;|\n\u0964\u060c]+")


def read_tags(cells: Sequence[str], issues: list[Issue]) -> Words:
    """The tags that these cells name; what is no tag becomes an issue."""
    found: Words = {}
    for part in (part.strip(" #") for cell in cells for part in _BETWEEN.split(cell)):
        if not part:
            continue
        try:
            shown, key = read_tag(part)
        except DomainError:
            issues.append(Issue(IssueKind.BAD, "no_tag", "tags"))
            return {}
        found.setdefault(key, shown)
    if len(found) > MOST_TAGS:
        issues.append(Issue(IssueKind.BAD, "too_many_tags", "tags", {"most": MOST_TAGS}))
    return found


class Tags:
    """Finds or makes tags for one import, and remembers them between batches: folded form -> id."""

    def __init__(self, actor: Any) -> None:
        self.actor = actor
        self._known: dict[str, int] = {}

    def find(self, words: Words) -> tuple[list[int], list[int]]:
        """Ids of the tags, and of those among them that were made now: these go with the import."""
        made = []
        for key, shown in words.items():
            if key in self._known:
                continue
            tag, is_new = tag_called(actor=self.actor, target=TARGET, shown=shown, key=key)
            self._known[key] = tag.pk
            if is_new:
                made.append(tag.pk)
        return [self._known[key] for key in words], made

    def hang(self, uses: Sequence[tuple[int, int]], at: datetime) -> None:
        """Hang tags on customers who do not wear them yet: (customer, tag)."""
        by = self.actor.pk if isinstance(self.actor, User) else None
        insert_rows(
            CustomerTag,
            [{"record_id": pk, "tag_id": tag, "added_by_id": by, "added_at": at} for pk, tag in uses],
        )

    def add(self, pk: int, words: Words, at: datetime) -> dict[str, list[int]]:
        """Add what is missing to a customer who is here; never take one away. Returns what the undo needs."""
        worn = set(CustomerTag.objects.filter(record_id=pk).values_list("tag_id", flat=True))
        wanted, made = self.find(words)
        new = [tag for tag in wanted if tag not in worn][: max(0, MOST_TAGS - len(worn))]
        self.hang([(pk, tag) for tag in new], at)
        return {"hung": new, "made": made} if new else {}


def take_off(pk: int, image: dict[str, list[int]]) -> None:
    """Take back what ``add`` did to this customer."""
    if image:
        CustomerTag.objects.filter(record_id=pk, tag_id__in=image["hung"]).delete()


def take_off_all(ids: Collection[int]) -> None:
    """Take all tags off customers who are taken back."""
    CustomerTag.objects.filter(record_id__in=ids).delete()


def drop_brought_tags(images: Iterable[dict[str, Any] | None]) -> None:
    """Remove the words that rows brought (as their images in the ledger say) and that hang on nobody any more."""
    made = {tag for image in images if image for tag in (image.get("tags") or {}).get("made", ())}
    if made:
        drop_unused_tags(TARGET, made)

"""Imports forget a person (E.8): nobody can take one line out of a file, so whole files go."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.records.imports.choices import MOVING, ExportState
from halkhata.records.imports.models import ExportRun, ImportedRow, ImportRun


def files_with_people(customer_ids: Collection[int]) -> set[int]:
    """The files of all imports and exports: any of them may hold these people."""
    imports = ImportRun.objects.filter(source__isnull=False).values_list("source_id", flat=True)
    exports = ExportRun.objects.filter(file__isnull=False).values_list("file_id", flat=True)
    return {*imports, *exports}


def imports_under_way(customer_ids: Collection[int]) -> list[Any]:
    """A file that is being read cannot go: why nobody can be erased just now."""
    if not ImportRun.objects.filter(state__in=MOVING).exists():
        return []
    return [_("An import is under way: erase when it has ended.")]


def forget_people(customer_ids: Collection[int], needles: Collection[str] = ()) -> int:
    """Let go of the files, which the erasure then removes, and of what stood in these people's records before.

    An import that is still being read (only after a restore) ends as failed. Returns how many rows changed.
    """
    done = ImportedRow.objects.filter(
        model="customers.customer", record_id__in=customer_ids, before__isnull=False
    ).update(before=None)
    done += ImportedRow.objects.filter(record_id__in=customer_ids, line_hash__isnull=False).update(line_hash=None)
    done += ImportRun.objects.filter(source__isnull=False).update(source=None)
    done += ExportRun.objects.filter(file__isnull=False).update(state=ExportState.REMOVED, file=None)
    return done

"""What the workshop did to units -> the list of what stands out (A53.16).

No events: the search at night reads job cards and their parts through these entries of registries.
"""

from collections.abc import Iterator

from django.db.models import Q

from halkhata.desks.service.models import JobLine
from halkhata.records.warranty.registry import PartSwap, claim_verbs, part_sources


def swapped_parts() -> Iterator[PartSwap]:
    """Parts with numbers of their own that a job card says were taken out or put in. One query."""
    rows = JobLine.objects.filter(removed_at__isnull=True).exclude(Q(faulty_serial="") & Q(replacement_serial=""))
    for unit_id, at, out, put_in in rows.values_list("job__unit", "added_at", "faulty_serial", "replacement_serial"):
        if unit_id is not None:
            yield PartSwap(unit_id=unit_id, at=at, out=out, put_in=put_in)


# A job card that is opened is a claim; whoever pays, somebody has come back with the unit.
claim_verbs.register("job.in", "job.in")
part_sources.register("service", swapped_parts)

"""Names of members of staff in the reader's language."""

from collections.abc import Iterable

from halkhata.foundation.accounts.models import User


def names_of(ids: Iterable[int | None]) -> dict[int, str]:
    """Name by id, in one query; whoever is gone is not in it. A trail keeps the name of that moment for those."""
    wanted = {pk for pk in ids if pk is not None}
    return {user.pk: user.name for user in User.objects.filter(pk__in=wanted)} if wanted else {}

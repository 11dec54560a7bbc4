"""Places come into being when goods first go there."""

from halkhata.foundation.accounts.models import Branch
from halkhata.records.stock.choices import PLACE_NAMES
from halkhata.records.stock.models import Place


def place_of(branch: Branch, kind: str) -> Place:
    """The branch's place of this kind; made when it is the first time."""
    name_bn, name_en = PLACE_NAMES[kind]
    place, _made = Place.objects.get_or_create(
        branch=branch, kind=kind, defaults={"name_bn": name_bn, "name_en": name_en, "is_demo": branch.is_demo}
    )
    return place


def make_places(branch: Branch) -> list[Place]:
    """All places of a branch."""
    return [place_of(branch, kind) for kind in PLACE_NAMES]

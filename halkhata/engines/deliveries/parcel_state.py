"""Where a parcel stands, of what happened to it: the same for every order and repetition of its events."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from halkhata.engines.deliveries.parcel_choices import ENDED, ParcelEventKind, ParcelState

# Of two things in the same second the one that comes later on the way stands.
_RANK = {kind.value: rank for rank, kind in enumerate(ParcelEventKind)}


@dataclass(frozen=True, kw_only=True, order=True)
class Happened:
    """One event, as far as the state depends on it."""

    at: datetime
    kind: str


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What the events say: the state, since when, and the last time that anything happened."""

    state: ParcelState
    at: datetime
    last_sign_at: datetime


def standing_of(events: Iterable[Happened], *, registered_at: datetime) -> Standing:
    """The last event by the time at which it happened. What was delivered or came back stays so.

    A scan that a courier's depot makes after the delivery does not open the parcel again; only a return after a
    delivery, or a delivery after a return, goes over it.
    """
    known = sorted(set(events), key=lambda one: (one.at, _RANK[one.kind]))
    if not known:
        return Standing(state=ParcelState.REGISTERED, at=registered_at, last_sign_at=registered_at)
    ended = [one for one in known if one.kind in ENDED]
    last = (ended or known)[-1]
    return Standing(
        state=ParcelState(last.kind), at=last.at, last_sign_at=max(registered_at, *(one.at for one in known))
    )

"""Where data about a person lie, said by the apps that keep them (GDPR Art. 15, 17, 20; E.8; reliability.md N6, N7).

Every model from which a chain of foreign keys leads to a customer has an entry here; a test fails the build otherwise.
Export, erasure and retention are made of these entries alone, so a new table cannot be forgotten by any of them.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from halkhata.foundation.core.registry import Registry

# What stands where something was erased and the database asks for some text.
ERASED = "•••"

# ``step(customer_ids, needles)`` does what a plain rule cannot say; it runs in the transaction of the erasure and
# returns how many rows it changed. ``needles``: what the person was called and how they were reached, in every
# spelling that is kept.
ErasureStep = Callable[[Collection[int], Collection[str]], int]

# ``files(customer_ids)`` names stored files that must go and that no link to the person leads to: a list of customers
# that was brought in. The step of the same app lets go of them, so that nothing hangs on them any more.
ErasureFiles = Callable[[Collection[int]], set[int]]

# ``reasons(customer_ids)`` says in words why these people's data cannot be erased now; empty: nothing stands against.
ErasureBlocker = Callable[[Collection[int]], list[Any]]


@dataclass(frozen=True, kw_only=True)
class PersonalData:
    """One table with data about people, and what becomes of its rows when a person's data are erased.

    ``paths`` are lookups that lead from a row to the customer ("customer", "conversation__item__customer");
    ``addresses`` are columns that may hold a person's phone number or e-mail address without a link.
    ``blank`` gives each column that is emptied its new value; text is replaced only where there is some.
    ``scrub`` names JSON columns that stay, with what points at the person taken out.
    ``files`` names columns that point at stored files, which go with their rows.
    ``hidden`` names columns that no export shows: secrets and what only the machine needs.
    ``why_kept`` is told to whoever asks why something stays.
    """

    model_label: str
    paths: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    on_erasure: Literal["delete", "blank", "keep"]
    blank: Mapping[str, Any] = field(default_factory=dict)
    scrub: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()
    append_only: bool = False
    # A column with a number that is said nowhere else (K-1045): a text that names it is about this person.
    tie: str = ""
    why_kept: Any = ""
    # Lower numbers are erased first: what hangs on a row before the row.
    order: int = 100
    label: Any = ""


@dataclass(frozen=True, kw_only=True)
class PersonalTrace:
    """A table without a link to people in whose texts they may be named: jobs, events, answers that are kept a while.

    Found by the person's names, numbers and addresses; by the numbers of their work; in JSON, by their ids. A row that
    is found by a number or an id loses whatever was typed freely, too.

    ``on_found``: "scrub" takes the names and numbers out of ``columns``, "delete" removes the row.
    """

    model_label: str
    columns: tuple[str, ...]
    on_found: Literal["scrub", "delete"] = "scrub"
    append_only: bool = False


personal_data: Registry[PersonalData] = Registry("personal_data")
personal_traces: Registry[PersonalTrace] = Registry("personal_traces")
erasure_steps: Registry[ErasureStep] = Registry("erasure_steps")
erasure_files: Registry[ErasureFiles] = Registry("erasure_files")
erasure_blockers: Registry[ErasureBlocker] = Registry("erasure_blockers")


def register_personal_data(*entries: PersonalData) -> None:
    """Register entries under their models' labels in small letters."""
    for entry in entries:
        personal_data.register(entry.model_label.lower(), entry)


def register_personal_traces(*entries: PersonalTrace) -> None:
    """Register traces under their models' labels in small letters."""
    for entry in entries:
        personal_traces.register(entry.model_label.lower(), entry)

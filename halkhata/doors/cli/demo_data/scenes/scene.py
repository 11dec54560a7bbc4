"""One thing that goes wrong, and how the shop deals with it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Words:
    """The scene in one language: what the customer says, what we answer, how it was made good."""

    subject: str
    text: str
    reply: str
    action: str


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A complaint, question or request that may happen many times to different people.

    ``{days}`` and ``{memo}`` in the words are filled for each occurrence. ``weight`` is how often it happens
    beside the others of its trade; 0: only where the story asks for it by ``code``.
    """

    code: str
    trade: str
    category: str
    bn: Words
    en: Words
    kind: str = "complaint"
    impact: str = "medium"
    urgency: str = "medium"
    serial: str = ""
    cause: str = "product_defect"
    remedy: str = "repaired"
    note: str = ""
    weight: int = 3

    def words(self, language: str) -> Words:
        """The words in ``language`` ("bn" or "en")."""
        return self.bn if language == "bn" else self.en

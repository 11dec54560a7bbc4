"""W5: search by part of a name in Bengali and in Latin letters, and by the last six digits of a phone, as full HTML."""

import re
from urllib.parse import quote

from bench.case import Case, Facts, page
from bench.client import Answer, Request

TITLE = "Search by part of a name and by the last six digits of a phone"
BAR = 3.0
# The search itself against its main query as raw SQL.
BAR_RAW = 10.0
_HIT = re.compile(r"/customers/\d+/")


def cases(facts: Facts) -> list[Case]:
    """Three kinds of text. ``stay`` keeps a single hit from opening at once."""

    def asked(texts: list[str]) -> list[Request]:
        return [Request(f"/search/?stay=1&q={quote(text)}") for text in texts]

    def found(answer: Answer) -> str:
        return page()(answer) or ("" if _HIT.search(answer.text) else "nobody was found")

    return [
        Case("part of a name, Bengali", asked(facts["names_bn"]), BAR, wrong=found, statements=12),
        Case("part of a name, Latin", asked(facts["names_en"]), BAR, wrong=found, statements=12),
        Case("last six digits of a phone", asked(facts["phone_tails"]), BAR, wrong=found, statements=12),
    ]

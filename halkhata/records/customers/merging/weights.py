"""What each level of agreement weighs, in bits: {field: {level: bits}}. What is above 0 speaks for one person.

PRIOR_BITS: the odds, as log2, that two records with a mark in common (blocking.py) are one person at all; no others are
ever compared.

Source: fitted by ``python -m bench.dedupe.estimate`` (logistic regression) to 20,000 invented people of Bangladesh with
known truth (seed 1; bench/dedupe/people.py says how often they share a phone, move, change the number, are written in
the other script or misspelt: assumptions, not counts from a real book). The fields are fitted together because they do
not agree independently: a family has the phone, the house and half of the name in common. No level weighs more than a
better one of its field, and what differs never speaks for one person. Never fitted to the sets that precision and
recall are measured on (docs/measured-doubles.md: FEBRL 1 and 2, and invented people of another seed). Ids of other
systems do not occur among the invented people: their row is set by hand, and "same" outweighs a name that differs. Two
people may well have neighbouring ids, so one digit says little. Two rows more are set
by hand: the same identity paper is shown to people whatever else differs, and a unit that went from one to the other
without a sale or a handing over weighs about as much as a phone number.
"""

PRIOR_BITS = -7.29

WEIGHTS: dict[str, dict[str, float]] = {
    "name": {"same": 4.53, "sound": 4.53, "alike": 4.50, "part": 1.99, "some": -11.02, "other": -11.02},
    "phone": {"same": 8.86, "near": 8.86, "other": -2.17},
    "email": {"same": 9.83, "near": 3.98, "other": -3.48},
    "line": {"same": 2.23, "alike": 2.23, "road": 0.0, "other": 0.0},
    "place": {"same": 3.41, "near": 2.56, "other": -1.30},
    "identifier": {"same": 20.0, "near": 1.0, "other": -4.0},
    "paper": {"same": 26.0},
    "unit": {"same": 9.0},
}
BY_HAND = frozenset({"identifier", "paper", "unit"})

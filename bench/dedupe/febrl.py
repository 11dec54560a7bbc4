"""FEBRL records as people of the product: name, house, suburb, state, post code; on request the social security number.

What the product has no field for (date of birth) is left out. Nothing is tuned on these sets.
"""

import csv
from pathlib import Path

from bench.dedupe.truth import TruthSet
from halkhata.records.customers.merging.people import fold_person


def read_febrl(folder: Path, name: str, *, with_number: bool) -> TruthSet:
    """One of the sets. ``with_number`` uses the social security number as the id of another system."""
    keys: dict[str, int] = {}
    people = []
    with (folder / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            values = {column: (value or "").strip() for column, value in row.items()}
            key = keys.setdefault(values["rec_id"], len(keys) + 1)
            number = values["soc_sec_id"].removesuffix(".0")
            people.append(
                fold_person(
                    key,
                    names=[f"{values['given_name']} {values['surname']}"],
                    line=f"{values['street_number'].removesuffix('.0')} {values['address_1']} {values['address_2']}",
                    area=values["suburb"],
                    district=values["state"],
                    post_code=values["postcode"].removesuffix(".0"),
                    identifiers=[("number", number)] if with_number and number else [],
                )
            )
    with (folder / f"{name}-links.csv").open(newline="", encoding="utf-8") as file:
        pairs = {(min(keys[a], keys[b]), max(keys[a], keys[b])) for a, b in csv.reader(file)}
    return TruthSet(people, pairs)

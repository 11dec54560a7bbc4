"""The workloads of the performance paper, one small file each. ``ALL`` lists them in the order of a run."""

import importlib
from typing import Any

ALL = ("w2", "w3", "w5", "w6", "w4", "w1", "w7", "w8", "w9", "w10", "w11", "w12")
# Files that say besides what they are about.
_FILES = {"w11": "w11_reminders", "w12": "w12_units"}


def module_of(workload: str) -> Any:
    """The file of a workload."""
    return importlib.import_module(f"bench.workloads.{_FILES.get(workload, workload)}")

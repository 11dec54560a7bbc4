"""The older story, written in bulk: tickets that ended before the last days, row for row as the services leave them.

Three hundred tickets through the services would take a minute; like this they take seconds. Their promise clocks are
not invented: the engine's own ``reckon`` computes them from this history, so a recomputation changes nothing.
"""

from halkhata.doors.cli.demo_data.chronicle.chronicler import Chronicle

__all__ = ["Chronicle"]

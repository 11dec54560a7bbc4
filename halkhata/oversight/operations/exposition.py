"""The text that Prometheus reads (exposition format 0.0.4): names, labels, numbers."""

import math
from collections.abc import Iterable, Mapping

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Exposition:
    """Collects metrics and writes them out."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def metric(
        self, name: str, kind: str, words: str, values: Iterable[tuple[Mapping[str, str], float]], *, suffix: str = ""
    ) -> None:
        """One metric with all its values; ``kind`` is gauge, counter or histogram."""
        self._lines += [f"# HELP {name} {_plain(words)}", f"# TYPE {name} {kind}"]
        self.lines(name + suffix, values)

    def lines(self, name: str, values: Iterable[tuple[Mapping[str, str], float]]) -> None:
        """Values alone, for the parts of a histogram."""
        for labels, value in values:
            inner = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
            self._lines.append(f"{name}{{{inner}}} {_number(value)}" if inner else f"{name} {_number(value)}")

    def text(self) -> str:
        """Everything, ending with a line feed as the format wants it."""
        return "\n".join(self._lines) + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _plain(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _number(value: float) -> str:
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if float(value).is_integer() else repr(float(value))

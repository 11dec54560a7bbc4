"""A plain HTTP client for the loopback that measures one request at a time, or eight at once."""

import http.client
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any


@dataclass(frozen=True)
class Request:
    """One request. ``body`` may be a function: a new body for each time it is sent."""

    path: str
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | Callable[[], tuple[bytes, dict[str, str]]] = b""


@dataclass(frozen=True)
class Answer:
    """What came back, and how long it took from the first byte out to the last byte in."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        """The page, unpacked."""
        if self.headers.get("content-encoding") == "gzip":
            import gzip

            return gzip.decompress(self.body).decode()
        return self.body.decode(errors="replace")


class Connection:
    """One connection that is kept, so one server process answers everything that goes through it."""

    def __init__(self, port: int, headers: dict[str, str] | None = None) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._headers = headers or {}

    def get(self, path: str, **headers: str) -> Answer:
        """GET."""
        return self.send(Request(path, headers=headers))

    def send(self, request: Request) -> Answer:
        """Send and read to the end."""
        body, headers = request.body, {**self._headers, **request.headers}
        if callable(body):
            body, own = body()
            headers |= own
        begun = time.perf_counter()
        self._http.request(request.method, request.path, body=body or None, headers=headers)
        response = self._http.getresponse()
        content = response.read()
        seconds = time.perf_counter() - begun
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, content, seconds)


def figures(seconds: Sequence[float]) -> dict[str, float]:
    """Median, 95th percentile and mean in milliseconds."""
    ordered = sorted(seconds)
    return {
        "n": len(ordered),
        "median_ms": round(1000 * statistics.median(ordered), 3),
        "p95_ms": round(1000 * ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], 3),
        "mean_ms": round(1000 * statistics.fmean(ordered), 3),
    }


def interleaved(
    port: int,
    cases: dict[str, Sequence[Request]],
    headers: dict[str, str],
    *,
    times: int,
    check: Callable[[str, Answer], None],
) -> dict[str, dict[str, float]]:
    """A B A B … on one connection, ``times`` each, after a tenth of that to warm up."""
    connection = Connection(port, headers)
    turns = {name: cycle(requests) for name, requests in cases.items()}
    taken: dict[str, list[float]] = {name: [] for name in cases}
    sizes: dict[str, int] = {}
    for turn in range(times + max(3, times // 10)):
        for name, requests in turns.items():
            answer = connection.send(next(requests))
            if turn < max(3, times // 10):
                check(name, answer)
                sizes[name] = len(answer.body)
            else:
                taken[name].append(answer.seconds)
    return {name: {**figures(seconds), "bytes": sizes[name]} for name, seconds in taken.items()}


def together(
    port: int,
    cases: dict[str, Sequence[Request]],
    headers: dict[str, str],
    *,
    times: int,
    meter: Callable[[], float],
    at_once: int = 8,
) -> dict[str, dict[str, float]]:
    """``at_once`` connections at a time, in blocks A B A B; rate, latencies, processor time by ``meter``."""
    result: dict[str, dict[str, Any]] = {name: {"seconds": 0.0, "cpu": 0.0, "taken": []} for name in cases}
    for _half in range(2):
        for name, requests in cases.items():
            taken: list[float] = []
            each = max(1, times // 2 // at_once)

            def work(
                offset: int, requests: Sequence[Request] = requests, taken: list[float] = taken, each: int = each
            ) -> None:
                connection = Connection(port, headers)
                for turn in range(each):
                    answer = connection.send(requests[(offset + turn) % len(requests)])
                    if answer.status >= 500:
                        raise RuntimeError(f"status {answer.status} under load")
                    taken.append(answer.seconds)

            threads = [threading.Thread(target=work, args=(place * 7,)) for place in range(at_once)]
            cpu, begun = meter(), time.perf_counter()
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            if len(taken) != each * at_once:
                raise RuntimeError(f"{name}: {each * at_once - len(taken)} requests failed under load")
            result[name]["seconds"] += time.perf_counter() - begun
            result[name]["cpu"] += meter() - cpu
            result[name]["taken"] += taken
    return {
        name: {
            **figures(found["taken"]),
            "per_second": round(len(found["taken"]) / found["seconds"], 1),
            "cpu_ms": round(1000 * found["cpu"] / len(found["taken"]), 3),
        }
        for name, found in result.items()
    }

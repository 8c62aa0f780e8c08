"""Closed-loop clients over kept-alive connections: each sends its next request when the last is answered."""

import http.client
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Ask:
    path: str
    method: str = "GET"
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Result:
    seconds: list[float] = field(default_factory=list)
    queries: set[int] = field(default_factory=set)
    sizes: list[int] = field(default_factory=list)
    wall: float = 0.0

    def ms(self, share: float) -> float:
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    @property
    def median(self) -> float:
        return 1000 * statistics.median(self.seconds)


def run(port: int, ask: Callable[[int], Ask], clients: int, total: int, expect: int) -> Result:
    """`ask(n)` makes the n-th request. A status other than `expect` ends the bench: a wrong answer has no speed."""
    result, numbers, lock = Result(), iter(range(total)), threading.Lock()
    faults: list[str] = []

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while not faults:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            request = ask(number)
            began = time.perf_counter()
            connection.request(request.method, request.path, request.body, request.headers)
            answer = connection.getresponse()
            body = answer.read()
            took = time.perf_counter() - began
            if answer.status != expect:
                faults.append(f"{request.method} {request.path}: {answer.status} {body[:300]!r}")
                return
            with lock:
                result.seconds.append(took)
                result.queries.add(int(answer.getheader("X-Queries", "0")))
                result.sizes.append(len(body))

    began = time.perf_counter()
    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result.wall = time.perf_counter() - began
    if faults:
        raise SystemExit(faults[0])
    return result


def time_sql(connection, statements: list[str], values: dict, rounds: int = 40) -> float:
    """Median milliseconds of the bare statements on a warm connection without any wall."""
    seconds = []
    with connection.cursor() as cursor:
        for _ in range(rounds):
            began = time.perf_counter()
            for statement in statements:
                cursor.execute(statement, values)
                if cursor.description:
                    cursor.fetchall()
            seconds.append(time.perf_counter() - began)
        connection.rollback()
    return 1000 * statistics.median(seconds)

"""Ctrl-C, `kill` and a closed terminal, all as one exception, so that `finally` does the tidying."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stop(BaseException):
    """Asked to stop."""


def ignore_signals() -> None:
    for number in NUMBERS:
        signal.signal(number, signal.SIG_IGN)


def stop_on_signals() -> None:
    """Raise Stop at the first signal and ignore those that follow: tidying up must not be cut short."""

    def stop(*_: object) -> None:
        ignore_signals()
        raise Stop

    for number in NUMBERS:
        signal.signal(number, stop)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Put a signal off to the end of the block, where half done would leave something running."""
    asked: list[int] = []
    for number in NUMBERS:
        signal.signal(number, lambda number, _frame: asked.append(number))
    try:
        yield
    finally:
        stop_on_signals()
    if asked:
        raise Stop

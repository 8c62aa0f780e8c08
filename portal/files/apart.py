"""Looking at files in a process of its own, with little time and memory: a hostile file takes down that process and no other.

Children are forked from a small server that has the decoders loaded and nothing else: no threads, no open database.
They answer in JSON or JPEG; nothing they say is ever unpickled.
"""

import json
import multiprocessing
import resource
import time
from collections.abc import Callable
from functools import cache
from typing import Any

from portal.refusals import BadInput

CPU_SECONDS = 2
# A picture of 40 megapixels is 160 MB, HEIC and PDF need some of them at once; the decoders' threads reserve more.
MEMORY = 3 * 2**29
PATIENCE_SECONDS = 20
MAX_ANSWER = 8 * 2**20
TOO_HARD = "文件无法在规定的时间和内存内打开，可能已损坏。请重新拍照，或缩小、重新导出后再上传。"


def look(content: bytes) -> dict[str, Any]:
    """What the file is. Raises BadInput, as looking.look does, or where it takes too much."""
    return json.loads(ask("look", content))


def hear(content: bytes) -> dict[str, Any]:
    """The same of a recorded sound."""
    return json.loads(ask("hear", content))


def copy(content: bytes, width: int) -> bytes:
    """A fresh JPEG of the file, at most `width` px wide."""
    return ask("redrawn", content, width)


@cache
def place() -> Any:
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(["portal.files.looking"])
    return forks


def ask(what: str, *arguments: Any) -> bytes:
    here, there = place().Pipe(duplex=False)
    child = started(there, what, *arguments)
    there.close()
    try:
        said = here.recv_bytes(MAX_ANSWER) if here.poll(PATIENCE_SECONDS) else b""
    except (EOFError, OSError):
        said = b""
    finally:
        here.close()
        child.kill()
        child.join()
        child.close()
    if not said:
        raise BadInput(TOO_HARD, field="file")
    if said[:1] == b"!":
        raise BadInput(said[1:].decode("utf-8", "replace")[:200], field="file")
    return said[1:]


def started(there, what: str, *arguments: Any) -> Any:
    """A child at work. The server it is forked from is looked after by multiprocessing, which makes a new one where it has died."""
    for last in (False, True):
        child = place().Process(target=answer, args=(there, what, *arguments), daemon=False)
        try:
            child.start()
        except (OSError, EOFError):
            if last:
                raise
            # One that is just dying is not yet seen to be dead.
            time.sleep(0.3)
        else:
            break
    return child


def answer(connection, what: str, *arguments: Any) -> None:
    """In the child: the limits first, then the stranger's bytes."""
    from portal.files import looking

    confine()
    verbs: dict[str, Callable] = {"look": looking.look, "hear": looking.hear, "redrawn": looking.redrawn}
    try:
        found = verbs[what](*arguments)
        said = b"=" + (found if isinstance(found, bytes) else json.dumps(found).encode())
    except BadInput as refusal:
        said = b"!" + refusal.sentence.encode()
    except MemoryError:
        said = b"!" + TOO_HARD.encode()
    connection.send_bytes(said)


def confine() -> None:
    for limit, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))

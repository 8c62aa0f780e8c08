"""How often may be done what nobody logs in for: counted in Redis, per address, over a few minutes."""

from django.core.cache import cache

from portal.refusals import Refused
from portal.sm3 import sm3


class TooMany(Refused):
    status = 429
    code = "too_many"


def count(what: str, address: str, *, most: int, seconds: int) -> None:
    """Count one more of `what` from an address. Raises TooMany from the one after `most` on, until `seconds` after the first."""
    # The address itself is kept nowhere, not even for minutes.
    key = f"limit:{what}:{sm3(address.encode())}"
    cache.add(key, 0, seconds)
    try:
        n = cache.incr(key)
    except ValueError:  # ran out between the two
        cache.set(key, 1, seconds)
        n = 1
    if n > most:
        raise TooMany(f"操作过于频繁，请{max(1, seconds // 60)}分钟后再试。")

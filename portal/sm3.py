"""SM3 (GB/T 32905-2016) digests; the one place that calls the cryptography library for them."""

from collections.abc import Iterable

from cryptography.hazmat.primitives.hashes import SM3, Hash


def sm3(*parts: bytes) -> str:
    return sm3_stream(parts)


def sm3_stream(chunks: Iterable[bytes]) -> str:
    """Digest of the chunks joined, as 64 lower-case hex digits."""
    digest = Hash(SM3())
    for chunk in chunks:
        digest.update(chunk)
    return digest.finalize().hex()

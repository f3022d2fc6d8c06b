"""Pictures from outside: what is taken comes out as a picture alone, and everything else is refused."""

import struct
import zlib

import pytest

from common.png import BadPicture, read_png
from tests.partners.gate_world import chunk, drawing

LIMITS = {"max_bytes": 200 * 1024, "max_width": 1600, "max_height": 800}
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def header(width: int = 4, height: int = 3, *, depth: int = 8, color: int = 0, interlaced: int = 0) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlaced))


def pixels(*rows: bytes) -> bytes:
    return chunk(b"IDAT", zlib.compress(b"".join(rows)))


END = chunk(b"IEND", b"")
ROWS = (b"\x00\x01\x02\x03\x04", b"\x00\x05\x06\x07\x08", b"\x04\x00\x00\x00\x00")


@pytest.mark.parametrize("color", [0, 2, 4, 6])
def test_a_drawing_comes_out_the_same(color: int) -> None:
    sent = drawing(color=color)
    picture = read_png(sent, **LIMITS)
    assert (picture.width, picture.height, picture.is_blank) == (60, 20, False)
    assert read_png(picture.content, **LIMITS) == picture


def test_what_is_beside_the_picture_is_gone() -> None:
    hidden = chunk(b"tEXt", b"Comment\0<script>alert(1)</script>")
    picture = read_png(drawing(more=hidden) + b"PK\x03\x04 an archive behind the end", **LIMITS)
    assert b"script" not in picture.content
    assert picture.content.endswith(END)
    assert picture == read_png(drawing(), **LIMITS)


def test_a_palette_is_kept() -> None:
    colors = chunk(b"PLTE", b"\xff\xff\xff\x00\x00\x00")
    sent = SIGNATURE + header(color=3) + colors + pixels(*ROWS) + END
    assert colors in read_png(sent, **LIMITS).content


def test_a_parted_picture_is_put_together() -> None:
    packed = zlib.compress(b"".join(ROWS))
    parts = chunk(b"IDAT", packed[:5]) + chunk(b"IDAT", packed[5:])
    assert read_png(SIGNATURE + header() + parts + END, **LIMITS).width == 4


@pytest.mark.parametrize("color", [0, 2, 4, 6])
def test_nothing_drawn_is_told(color: int) -> None:
    assert read_png(drawing(color=color, blank=True), **LIMITS).is_blank


GOOD = SIGNATURE + header() + pixels(*ROWS) + END
BAD: dict[str, bytes] = {
    "nothing": b"",
    "a text": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "a JPEG": b"\xff\xd8\xff\xe0" + bytes(40),
    "the beginning alone": SIGNATURE,
    "cut off": GOOD[:-6],
    "without an end": GOOD[: -len(END)],
    "without a header": SIGNATURE + pixels(*ROWS) + END,
    "with two headers": SIGNATURE + header() + header() + pixels(*ROWS) + END,
    "without pixels": SIGNATURE + header() + END,
    "damaged": GOOD[:40] + bytes([GOOD[40] ^ 1]) + GOOD[41:],
    "too wide": SIGNATURE + header(width=1601) + END,
    "too high": SIGNATURE + header(height=801) + END,
    "of no width": SIGNATURE + header(width=0) + END,
    "of all widths": SIGNATURE + header(width=2**32 - 1, height=2**32 - 1) + END,
    "an unknown color": SIGNATURE + header(color=5) + pixels(*ROWS) + END,
    "an unknown depth": SIGNATURE + header(depth=3) + pixels(*ROWS) + END,
    "interlaced": SIGNATURE + header(interlaced=1) + pixels(*ROWS) + END,
    "a filter that there is not": SIGNATURE + header() + pixels(b"\x05" + bytes(4), *ROWS[1:]) + END,
    "too few lines": SIGNATURE + header() + pixels(*ROWS[:2]) + END,
    "more lines than said": SIGNATURE + header() + pixels(*ROWS, ROWS[0]) + END,
    "not packed": SIGNATURE + header() + chunk(b"IDAT", b"".join(ROWS)) + END,
    "without its palette": SIGNATURE + header(color=3) + pixels(*ROWS) + END,
    "a length past the end": SIGNATURE + struct.pack(">I", 2**31) + b"IHDR" + bytes(20),
    # 20 MB of zeros in 20 KB.
    "a bomb": SIGNATURE + header() + chunk(b"IDAT", zlib.compress(bytes(20_000_000))) + END,
    "20 MB": GOOD + bytes(20_000_000),
}


@pytest.mark.parametrize("name", BAD)
def test_everything_else_is_refused(name: str) -> None:
    assert read_png(GOOD, **LIMITS).height == 3
    with pytest.raises(BadPicture):
        read_png(BAD[name], **LIMITS)


def test_every_cut_and_every_flipped_byte_is_refused_or_a_picture() -> None:
    sent = drawing(8, 4)
    for place in range(len(sent)):
        for broken in (sent[:place], sent[:place] + bytes([sent[place] ^ 0x40]) + sent[place + 1 :]):
            with pytest.raises(BadPicture):
                read_png(broken, **LIMITS)

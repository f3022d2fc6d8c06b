"""`python -m bench.documents`: packs as PDF and slides, beside typst reading the same data from files. No servers.

No two packs are alike, since typst remembers what it has laid out before.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")

import django
import typst

from common.document import Brand, Chart, Column, Document, Figure, Section, Series, Table

_PAIRS = 15


def pack(number: int) -> Document:
    """A business review of ten sections: four figures, two charts and a table of twenty rows in each."""
    name = f"Organization {number}"
    return Document(
        title="Business review",
        organization=name,
        period="Q3 2026",
        edition="Shared edition",
        brand=Brand(name="Onboarding Hub"),
        generated_on=date(2026, 10, 5),
        sections=tuple(_section(name, number, place) for place in range(10)),
    )


def _section(name: str, number: int, place: int) -> Section:
    values = tuple(Decimal((number * 7 + place * 13 + at * 5) % 97) for at in range(12))
    labels = tuple(f"W{at}" for at in range(12))
    line = Chart(kind="line", title="By week", labels=labels, series=(Series(name="Score", values=values),))
    return Section(
        key=f"s{place}",
        title=f"Section {place}",
        lead=f"{name} kept nine of eleven commitments.",
        figures=tuple(
            Figure(label=f"Figure {at}", value=str(number + at), change="+2", source="Counted on 30 Sep")
            for at in range(4)
        ),
        charts=(line, replace(line, kind="bars", title="Side by side")),
        tables=(
            Table(
                title="Rows",
                columns=(Column(title="What"), Column(title="Who"), Column(title="Hours", align="end")),
                rows=tuple((f"Row {at} of {name}", "We", str(at)) for at in range(20)),
            ),
        ),
    )


def _took(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _from_file(number: int, folder: Path) -> Callable[[], object]:
    """The same pages by typst alone: its template and data lie in files beside each other."""
    from common import pdf

    template = pdf._TEMPLATE.read_text().replace("json(bytes(sys.inputs.document))", f'json("{number}.json")')
    (folder / f"{number}.typ").write_text(template)
    (folder / f"{number}.json").write_text(pdf.as_json(pack(number)))
    return lambda: typst.compile(folder / f"{number}.typ", root=folder, font_paths=pdf._fonts(), format="pdf")


def _some(numbers: range) -> int:
    django.setup()
    from common.pdf import render_pdf

    return sum(len(render_pdf(pack(number))) for number in numbers)


def _batch(workers: int, first: int, packs: int) -> float:
    """Packs by so many processes, which are up and have read their fonts before."""
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        list(pool.map(_some, [range(-place - 1, -place) for place in range(workers)]))
        each = packs // workers
        parts = [range(first + place * each, first + (place + 1) * each) for place in range(workers)]
        return _took(lambda: list(pool.map(_some, parts)))


def measured(packs: int) -> list[str]:
    """The lines that go to docs/performance.md."""
    from common.pdf import render_pdf
    from common.pptx_deck import render_pptx

    render_pdf(pack(0))
    ours, alone, slides = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(1, _PAIRS + 1):
            work = _from_file(10_000 + number, Path(folder))
            alone.append(_took(work))
            document = pack(20_000 + number)
            ours.append(_took(lambda document=document: render_pdf(document)))
            slides.append(_took(lambda document=document: render_pptx(document)))
    ratio = statistics.median(mine / floor for mine, floor in zip(ours, alone, strict=True))
    one, two = _batch(1, 100_000, packs), _batch(2, 200_000, packs)
    return [
        f"- A pack as PDF: {statistics.median(ours) * 1000:.0f} ms, {ratio:.2f} times typst reading the same data from"
        f" a file (bar 3; median of {_PAIRS} pairs). As slides: {statistics.median(slides) * 1000:.0f} ms. Wish 3 s.",
        f"- {packs} packs as PDF: {one:.1f} s by one worker, {two:.1f} s by two,"
        f" {one / two:.2f} times as fast (bar 1.6).",
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packs", type=int, default=200)
    asked = parser.parse_args()
    django.setup()
    print("\n".join(measured(asked.packs)))


if __name__ == "__main__":
    main()

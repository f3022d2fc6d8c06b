"""`python -m bench.exports`: all rows behind a figure as CSV, beside COPY TO of the same columns; and how much memory.

A million solved tickets, and some that are not, are laid by the database itself. Both read the same statement, in the
scope of a manager, and write to a file; ours guards texts against formulas on the way and tells how far it is.
"""

import argparse
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, BinaryIO

from bench.__main__ import prepare, servers

_PAIRS = 5
_FEW = 20
"""A warm-up of a twentieth of the days: what it needs in memory is what a short file needs."""


def opened(days: int) -> tuple[Any, Any]:
    """Tickets created in so many days until today, over all organizations, as a manager opens them."""
    from django.utils import timezone

    from accounts.actors import actor_for
    from accounts.models import User
    from common.listing import ListQuery
    from reports.policies import policy_in_force
    from reports.report_page import open_report

    now = timezone.now()
    # Launched partners alone would be a part of the tickets.
    report = replace(policy_in_force().reports["tam"], kind="", is_launched=False)
    kpi = next(kpi for kpi in report.kpis if kpi.measure.id == "tickets_solved")
    manager = User.objects.filter(role_grants__role="manager").earliest("pk")
    period = f"{(now - timedelta(days=days)).date()}..{now.date()}"
    return open_report(actor_for(manager), report, ListQuery((("period", period),)), now=now), kpi


def ours(days: int, file: BinaryIO) -> int:
    """As a worker writes it; how many rows."""
    from common.export_files import CsvFile
    from common.scope import Scope, scoped
    from reports.report_page import row_columns

    with scoped(Scope.all()):
        patiently()
        shown, kpi = opened(days)
        target, copy = CsvFile(file, row_columns(kpi)), shown.copy(kpi)
        rows = target.take(copy, pulse=lambda rows: None).rows
    target.close(cut_at=0)
    return rows


def copied(days: int, file: BinaryIO) -> None:
    """The same rows by the database alone."""
    from django.db import connection

    from common.scope import Scope, scoped
    from reports.selectors.row_stream import statement
    from reports.words import seconds_in

    with scoped(Scope.all()):
        patiently()
        shown, kpi = opened(days)
        text, values = statement(shown.scope, kpi, shown.period, shown.moment, seconds=seconds_in(kpi.unit))
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            sql = cursor.cursor.mogrify(text, values).decode()
            cursor.cursor.copy_expert(f"COPY ({sql}) TO STDOUT WITH (FORMAT csv, HEADER)", file)


def patiently() -> None:
    """As a worker reads (accounts/services/export_runs.py)."""
    from django.db import connection

    from accounts.services.export_runs import _PATIENTLY, _STATEMENT_TIMEOUT

    with connection.cursor() as cursor:
        cursor.execute(_PATIENTLY, [_STATEMENT_TIMEOUT])


def _took(work: Callable[[BinaryIO], Any]) -> tuple[float, int]:
    """Seconds and bytes."""
    with tempfile.TemporaryFile() as file:
        started = time.perf_counter()
        work(file)
        took = time.perf_counter() - started
        return took, file.seek(0, os.SEEK_END)


def _peak() -> float:
    """The most memory of this process until now, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(days: int) -> list[str]:
    """The lines that go to docs/performance.md."""
    counted: list[int] = []
    _took(lambda file: ours(days // _FEW, file))
    few = _peak()
    pairs = []
    for _pair in range(_PAIRS):
        mine, size = _took(lambda file: counted.append(ours(days, file)))
        floor, _size = _took(lambda file: copied(days, file))
        pairs.append((mine, floor))
        print(f"{mine:.2f} s, COPY {floor:.2f} s, {size / 1e6:.0f} MB", file=sys.stderr)
    ratio = statistics.median(floor / mine for mine, floor in pairs)
    mine, floor = (statistics.median(column) for column in zip(*pairs, strict=True))
    return [
        f"- {counted[0]:,} rows as CSV ({size / 1e6:.0f} MB): {mine:.1f} s, {ratio:.2f} times as fast as COPY TO of the"
        f" same columns, {floor:.1f} s (bar 0.3; median of {_PAIRS} pairs).",
        f"- Memory at its highest: {few:.0f} MB after a twentieth of the rows, {_peak():.0f} MB after all of them.",
    ]


def main() -> None:
    """Lay, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=1_060_000)
    asked = parser.parse_args()
    with servers():
        import django

        django.setup()
        prepare()
        from bench import desk_world, world

        world.build(world.Size(organizations=10_000, users=200, assignments=20_000, activities=0))
        desk_world.build(asked.tickets, with_parts=False)
        print("\n".join(measured(740)))


if __name__ == "__main__":
    main()

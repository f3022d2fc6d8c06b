"""`python -m bench.imports`: an import with validation against COPY into the same indexed table.

A file of organizations goes in as a person's file does: read, checked cell by cell, matched, written with facts,
stages, timeline, trail and the rows that undo needs, in one transaction. The floor copies the same rows, ready made,
into the table of organizations alone, with its indexes, constraints and history. Both from an empty table, in turns;
the median of the pairs counts (performance.md: at least 0.3 of COPY).
"""

import argparse
import csv
import io
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import django

from bench.__main__ import empty, prepare, servers

BAR = 0.3
HEADER = ("id", "company", "type", "stage", "since", "country", "industry", "arr", "plan", "seats", "website")
COLUMNS = (
    "public_id, created_at, updated_at, kind, name, summary, website, industry, country, timezone, language, source, "
    "external_key, stage, stage_entered_at, currency, arr, market_segment, edition, deployment, licenses, version"
)
_STAGES = ("pre_sales", "kick_off", "integrate", "adopt", "live")
_INDUSTRIES = ("Energy", "Retail", "Health", "Software", "Logistics", "Education")


def rows(count: int) -> Iterator[tuple[str, ...]]:
    """The rows of the file."""
    for number in range(count):
        yield (
            f"k-{number:07}",
            f"{_INDUSTRIES[number % 6]} company {number * 7919 % count:07}",
            "customer",
            _STAGES[number % 5],
            f"2024-{number % 12 + 1:02}-{number % 28 + 1:02}",
            ("DE", "FR", "US", "GB", "PL")[number % 5],
            _INDUSTRIES[number % 6],
            f"{number % 900 * 1000}.50",
            ("basic", "growth", "enterprise")[number % 3],
            str(number % 5000),
            f"https://company{number}.example",
        )


def write_file(path: Path, count: int) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(rows(count))


def ready_made(count: int) -> io.StringIO:
    """The same rows as the table takes them."""
    from common.ids import uuid7

    buffer = io.StringIO()
    writer = csv.writer(buffer)
    now = "2026-03-02T09:00:00Z"
    for key, name, kind, stage, since, country, industry, arr, plan, seats, website in rows(count):
        head = (uuid7(), now, now, kind, name, "", website, industry, country, "UTC", "en", "crm", key, stage)
        writer.writerow((*head, since, "USD", arr, "", plan, "", seats, 1))
    buffer.seek(0)
    return buffer


def copied(buffer: io.StringIO) -> float:
    """Seconds of COPY with its commit, by the owner: the application's role may not COPY behind row security."""
    from django.db import connections, transaction

    buffer.seek(0)
    connections["owner"].ensure_connection()
    start = time.perf_counter()
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        # As the import does: deferred checks make the history's trigger slower with every row.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        options = f"FORCE_NOT_NULL ({COLUMNS.split('arr')[0].rstrip(', ')}, market_segment, edition, deployment)"
        cursor.copy_expert(f"COPY partners_organization ({COLUMNS}) FROM STDIN WITH (FORMAT csv, {options})", buffer)
    took = time.perf_counter() - start
    connections["owner"].close()
    return took


def imported(path: Path, count: int) -> float:
    """Seconds from the file on the disk to the commit."""
    from django.core.files import File
    from django.utils import timezone

    from accounts.actors import actor_for
    from accounts.models import User
    from common.models import ImportState
    from partners.imports import execution, runs

    by = actor_for(User.objects.get(email="admin@bench.example"))
    start = time.perf_counter()
    with path.open("rb") as content:
        run = runs.start(by=by, kind="organizations", content=File(content), name=path.name, now=timezone.now())
    mapping = {**run.mapping, "constants": {"source": "crm"}}
    runs.queue(by=by, run=run, mapping=mapping, skip_bad_rows=False, apply=True, now=timezone.now())
    done = execution.execute_run(run_id=run.pk, by=by, now=timezone.now())
    took = time.perf_counter() - start
    if (done.state, done.rows_created) != (ImportState.DONE, count):
        raise RuntimeError(f"the import did not go through: {done.message} {done.errors[:3]}")
    return took


def make_admin() -> None:
    from django.utils import timezone

    from accounts.models import RoleGrant, User

    admin = User.objects.create(email="admin@bench.example", name="Admin", password="!")
    RoleGrant.objects.create(user=admin, role="admin", started_at=timezone.now(), source="bench")


def measure(count: int, pairs: int) -> float:
    """Print each pair; return the median of the ratios."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "organizations.csv"
        write_file(path, count)
        buffer = ready_made(count)
        for _pair in range(pairs):
            empty()
            make_admin()
            floor = copied(buffer)
            empty()
            make_admin()
            took = imported(path, count)
            found.append(floor / took)
            print(
                f"  COPY {floor:6.2f} s ({count / floor:8.0f} rows/s)   import {took:6.2f} s "
                f"({count / took:8.0f} rows/s)   {found[-1]:.2f} of COPY",
                flush=True,
            )
    return statistics.median(found)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.imports")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--pairs", type=int, default=5)
    options = parser.parse_args()
    with servers():
        django.setup()
        prepare()
        ratio = measure(options.rows, options.pairs)
    verdict = "" if ratio >= BAR else f" (below the bar of {BAR})"
    print(f"{options.rows:,} organizations: {ratio:.2f} of COPY{verdict}")


if __name__ == "__main__":
    main()

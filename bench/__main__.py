"""`python -m bench`: build, serve, measure, compare, write docs/performance.md.

A world of the wanted size and one of a tenth of it are built on throw-away servers and served with two workers, one
after the other in the same run; each page is measured in pairs with its floor, and the medians of five pairs compared.
"""

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import client, pages
from hub.runtime.embedded import Needs, Servers

_PAIRS = 5
_FLOOR_MOST = 1.5


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One page in one world; `ratio` is the median of the pairs' ratios to the floor."""

    name: str
    p50: float
    p95: float
    per_second: float
    floor_per_second: float
    floor: float
    ratio: float
    bar: float
    statements: int
    most_statements: int
    size: int
    rows: int
    parts: float

    @property
    def is_valid(self) -> bool:
        """The floor is one: no more than half above the sum of what it is made of."""
        return self.floor <= _FLOOR_MOST * self.parts


@contextmanager
def servers() -> Iterator[None]:
    """Throw-away servers, migrated and with policies; Django is set up on them."""
    folder = Path(tempfile.mkdtemp(prefix="hub-bench-"))
    ours = Servers(
        data=folder,
        sockets=folder / "run",
        logs=folder / "log",
        needs=Needs(database=True, redis=True),
        throwaway=True,
    )
    os.environ |= ours.environment() | {
        "HUB_DATA_DIR": str(folder / "data"),
        "DJANGO_SETTINGS_MODULE": "bench.settings",
    }
    (folder / "data").mkdir()
    try:
        ours.start()
        yield
    finally:
        ours.stop()
        shutil.rmtree(folder, ignore_errors=True)


def prepare() -> None:
    from django.core.management import call_command

    call_command("migrate", database="owner", verbosity=0, interactive=False)
    call_command("policy", "load", "policies/default", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)


def empty() -> None:
    """Back to an installation without organizations and people."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("TRUNCATE partners_organization, accounts_user, accounts_activity RESTART IDENTITY CASCADE")
    connections["owner"].close()


@contextmanager
def served(port: int) -> Iterator[None]:
    """gunicorn with two workers, as `up` starts it."""
    command = [sys.executable, "-m", "gunicorn", "hub.wsgi:application", "--bind", f"127.0.0.1:{port}"]
    command += [
        "--worker-class",
        "gthread",
        "--workers",
        "2",
        "--threads",
        "4",
        "--no-control-socket",
        "--log-level",
        "error",
    ]
    process = subprocess.Popen(command)
    try:
        _wait_for(port)
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(port: int) -> None:
    import http.client

    for _attempt in range(100):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the server did not start")


def sessions(user_ids: dict[str, int]) -> dict[str, str]:
    """A session for each person, as sign-in makes it."""
    from importlib import import_module

    from django.conf import settings

    from accounts.models import User

    store = import_module(settings.SESSION_ENGINE).SessionStore
    found = {}
    for who, user_id in user_ids.items():
        session = store()
        session["_auth_user_id"] = str(user_id)
        session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
        session["_auth_user_hash"] = User.objects.get(pk=user_id).get_session_auth_hash()
        session.create()
        found[who] = session.session_key
    return found


def measure(organizations: int, port: int, rounds: int) -> list[Figure]:
    from bench import world

    begin = time.perf_counter()
    world.build(world.Size.of(organizations))
    print(f"{organizations} organizations built in {time.perf_counter() - begin:.1f} s", flush=True)
    cast = world.cast()
    keys = sessions({"tam": cast.tam_id, "manager": cast.manager_id})
    with served(port):
        people = {who: client.Client(port, key) for who, key in keys.items()}
        deep = _deep_page(people["manager"])
        return [_figure(page, people[page.who], rounds) for page in pages.pages(cast, deep)]


def _deep_page(manager: "client.Client") -> str:
    """Follow "next" twenty times: the address of a page a thousand rows down (or the last one there is)."""
    path = "/organizations/"
    for _step in range(20):
        _took, _response, body = manager.get(path)
        found = re.search(r'href="([^"]*)"[^>]*rel="next"|rel="next"[^>]*href="([^"]*)"', body.decode())
        if found is None:
            break
        query = (found.group(1) or found.group(2)).replace("&amp;", "&")
        path = query if query.startswith("/") else f"/organizations/{query}"
    return path


def _figure(page: "pages.Page", person: "client.Client", rounds: int) -> Figure:
    _took, _response, body = person.get(page.path)
    rows = pages.rows_in(body)
    lean = f"/floor/lean/{page.floor}/?limit={rows}"
    size = len(person.get(lean)[2])
    ratios, ours, floors, made_of = [], [], [], []
    for _pair in range(_PAIRS):
        floor = person.measure(lean, rounds=rounds)
        figure = person.measure(page.path, rounds=rounds)
        ratios.append(figure.p50 / floor.p50)
        ours.append(figure)
        floors.append(floor)
        # In each pair anew: the floor is judged against what the machine does now.
        static = person.measure(f"/floor/static/?size={size}", rounds=rounds, concurrency=0)
        _took, _response, body = person.get(f"/floor/parts/{page.floor}/?limit={rows}")
        made_of.append(static.p50 + sum(json.loads(body).values()))
    figure = Figure(
        name=page.name,
        p50=statistics.median(t.p50 for t in ours),
        p95=statistics.median(t.p95 for t in ours),
        per_second=statistics.median(t.per_second for t in ours),
        floor_per_second=statistics.median(t.per_second for t in floors),
        floor=statistics.median(t.p50 for t in floors),
        ratio=statistics.median(ratios),
        bar=page.bar,
        statements=ours[-1].statements,
        most_statements=page.statements,
        size=ours[-1].size,
        rows=rows,
        parts=statistics.median(made_of),
    )
    print(
        f"  {figure.name:28} p50 {figure.p50:7.2f} ms  floor {figure.floor:6.2f} of {figure.rows} rows "
        f"({'valid' if figure.is_valid else 'NO FLOOR'}, parts {figure.parts:.2f})  "
        f"x{figure.ratio:.2f} (bar {figure.bar})  "
        f"{figure.per_second:6.0f}/s  {figure.statements} statements  {figure.size} bytes",
        flush=True,
    )
    return figure


_PREAMBLE = (
    "# Speed",
    "",
    "Measured by `.venv/bin/python -m bench` (the environment comes with `python3 manage.py test`): two gunicorn",
    "workers, throw-away PostgreSQL and Valkey on the same two cores, medians of five pairs of page and floor in",
    "one run. The floor is an authenticated Django view with one query (for the manager's home the aggregate beside",
    "it), as many rows as the page shows, days formatted in Python and plain templating (`bench/floors.py`). Its parts",
    "are the SQL alone, a view that gives as many bytes without a query, and the templating alone; a floor above 1.5",
    "times their sum would be none. Absolute figures move by a factor of two between machines and runs; the ratios",
    "are what counts.",
)


def report(large: list[Figure], small: list[Figure], organizations: int) -> str:
    """docs/performance.md."""
    before = {figure.name: figure for figure in small}
    lines = [
        *_PREAMBLE,
        "",
        f"{organizations:,} organizations, {organizations // 5:,} people, {organizations * 10:,} assignments over",
        f"time, {organizations * 100:,} activities; growth is the ratio of medians to a tenth of that. Times in ms.",
        "",
        "| page | p50 | p95 | floor | its parts | rows | ratio | bar | per s at 8 | of the floor's | statements | most "
        "| KB | growth |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for figure in large:
        growth = figure.p50 / before[figure.name].p50
        verdict = "" if figure.ratio <= figure.bar else " (over)"
        lines.append(
            f"| {figure.name} | {figure.p50:.1f} | {figure.p95:.1f} | {figure.floor:.1f} | {figure.parts:.1f}"
            f"{'' if figure.is_valid else ' (no floor)'} | {figure.rows} | {figure.ratio:.2f}{verdict} "
            f"| {figure.bar} | {figure.per_second:.0f} | {figure.per_second / figure.floor_per_second:.2f} "
            f"| {figure.statements} | {figure.most_statements} | {figure.size / 1024:.0f} | {growth:.2f} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    from bench.two_sizes import Run

    run = Run(program="bench", unit="organizations", count=10_000, port=8123, rounds=30)
    run.measure(lambda count, options: measure(count, options.port, options.rounds), report)


if __name__ == "__main__":
    main()

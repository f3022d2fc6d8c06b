"""`python -m bench.desk`: pages of the desk, search, creating and the sweep over a million tickets, and over a tenth.

Each page is measured in pairs with its floor, as `python -m bench` does; the growth is that of the medians from a tenth
of the tickets to all. Beside the times it counts the statements, and asks the server which large tables were read from
end to end while a page was looked at: none may be.
"""

import json
import re
import statistics
import time
from dataclasses import dataclass, replace
from typing import Any

from bench import client
from bench.__main__ import Figure, _figure, report, served, sessions
from bench.desk_world import COMMON, RARE, TABLES, Desk
from bench.pages import Page
from bench.two_sizes import Run

DEEP = 20
CREATED = 40
_MOST_CREATE = 12
_CSRF = "c" * 32
# A count that stops at a thousand may read its rows as they lie.
_BOUNDED = 8_000
# The server tells of what a session did some time after it did it.
_TOLD_AFTER = 1.1


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What one size came to: the pages, and sentences about all else."""

    figures: list[Figure]
    said: list[str]


def pages(desk: Desk, deep: str, deep_tam: str) -> tuple[Page, ...]:
    """What people at the desk look at all day."""

    def page(name: str, path: str, who: str, *, floor: str = "tickets", statements: int = 6) -> Page:
        return Page(name=name, path=path, who=who, floor=floor, bar=2.0, statements=statements)

    return (
        page("Queue, own desk", "/tickets/", "agent"),
        page("Queue, everything", "/tickets/", "lead"),
        page("Queue, page 21", deep, "lead"),
        page("Queue, waits longest", "/tickets/?sort=waiting", "lead"),
        page("All of any status, newest", "/tickets/?status=any&sort=newest", "lead"),
        page("My partners' tickets", "/tickets/?status=any&sort=newest", "tam"),
        page("My partners', page 21", deep_tam, "tam"),
        page("Ticket page", f"/tickets/{desk.number}/", "agent", floor="ticket", statements=10),
        page("List, rare word", f"/tickets/?status=any&q={RARE}", "lead"),
        page("List, common word", f"/tickets/?q={COMMON}", "lead"),
        page("Palette, rare word", f"/palette/?q={RARE}", "lead", floor="find", statements=10),
        page("Palette, common word", f"/palette/?q={COMMON}", "lead", floor="find", statements=10),
        page("Palette, common, own desk", f"/palette/?q={COMMON}", "agent", floor="find", statements=10),
        page("API list", "/api/v1/tickets/", "lead"),
    )


def deep_page(person: client.Client, path: str) -> str:
    """The address twenty pages on, or as far as there are any."""
    for _step in range(DEEP):
        _took, _response, body = person.get(path)
        found = re.search(r'<a[^>]*rel="next"[^>]*>', body.decode())
        target = re.search(r'href="([^"]*)"', found.group(0)) if found else None
        if target is None:
            break
        query = target.group(1).replace("&amp;", "&")
        path = query if query.startswith("/") else f"/tickets/{query}"
    return path


def scans() -> dict[str, int]:
    """How many rows of each large table were read so far without an index."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT relname, coalesce(seq_tup_read, 0) FROM pg_stat_user_tables WHERE relname = ANY (%s)",
            [[*TABLES, "partners_organization", "partners_contact", "partners_timelineentry"]],
        )
        found = dict(cursor.fetchall())
    connections["owner"].close()
    return found


def whole_since(before: dict[str, int]) -> list[str]:
    """The tables of which more was read without an index since than a bounded look takes."""
    return sorted(table for table, count in scans().items() if count > before.get(table, 0) + _BOUNDED)


def read_whole(person: client.Client, path: str) -> list[str]:
    """The large tables that were read from end to end for a page."""
    before = scans()
    for _round in range(4):
        person.get(path)
    time.sleep(_TOLD_AFTER)
    # Both workers say what they did with their next answer.
    for _round in range(6):
        person.get("/healthz")
    return whole_since(before)


def creating(port: int, key: str, email: str) -> str:
    """A ticket through the API beside a POST that inserts one row, in pairs."""
    person = client.Client(port, key)
    headers = {"Cookie": f"sessionid={key}; csrftoken={_CSRF}", "X-CSRFToken": _CSRF}
    ours, floors, statements = [], [], 0
    for place in range(CREATED):
        took, _response, _body = person.post("/floor/insert/", json.dumps({"place": place}), headers)
        floors.append(took)
        body = json.dumps({"subject": f"Orders stopped {place}", "body": "Since this morning.", "email": email})
        took, response, _body = person.post("/api/v1/tickets/", body, headers)
        ours.append(took)
        statements = int(response.getheader("X-Statements") or 0)
    ratio = statistics.median(mine / floor for mine, floor in zip(ours, floors, strict=True))
    verdict = "" if statements <= _MOST_CREATE else f" (over the {_MOST_CREATE} allowed)"
    return (
        f"A ticket is created through the API in {statistics.median(ours):.1f} ms (p50 of {CREATED}), {ratio:.2f} "
        f"times a POST that inserts one row (bar 3), with {statements} statements{verdict}, reading it back included."
    )


def sweeping(pairs: int) -> str:
    """All running clocks breach at once: the raw batched statement and the sweep, in pairs."""
    from bench.tickets import _RAW, NOW, _reset, _scoped, _timed
    from tickets.services.sweeping import BATCH, sweep

    due = (
        "UPDATE tickets_slaclock SET breach_at = %(now)s - interval '1 second' WHERE state = 'running'",
        "UPDATE tickets_slatimer SET fired_at = NULL, fire_at = %(now)s - interval '1 second'",
    )

    def make(cursor: Any) -> int:
        for sql in due:
            cursor.execute(sql, {"now": NOW})
        return int(cursor.rowcount)

    def raw() -> None:
        while _scoped(lambda cursor: (cursor.execute(_RAW, {"now": NOW, "limit": BATCH}), cursor.rowcount)[1]):
            pass

    clocks = _scoped(make)
    ratios = []
    for _pair in range(pairs):
        _reset()
        floor = _timed(raw)
        _reset()
        before = scans()
        ratios.append(_timed(lambda: sweep(holder="bench", now=NOW)) / floor)
    time.sleep(_TOLD_AFTER)
    whole = whole_since(before)
    return (
        f"The sweep of {clocks:,} clocks that breach at once took {statistics.median(ratios):.2f} times the raw "
        f"batched statement (bar 1.5; median of {pairs} pairs); read from end to end: {', '.join(whole) or 'nothing'}."
    )


def measure(tickets: int, port: int, rounds: int, pairs: int) -> Measured:
    """Build both worlds, look at the pages, create, sweep."""
    from bench import desk_world, world

    begin = time.perf_counter()
    organizations = max(tickets // 100, 200)
    size = world.Size.of(organizations)
    world.build(replace(size, activities=organizations * 10))
    laid = time.perf_counter()
    desk = desk_world.build(tickets)
    said = [f"{tickets:,} tickets, {tickets * 5:,} events: built in {time.perf_counter() - laid:.0f} s."]
    print(f"{organizations} organizations in {laid - begin:.0f} s. {said[0]}", flush=True)
    cast = world.cast()
    keys = sessions({"agent": desk.agent_id, "lead": desk.lead_id, "tam": cast.tam_id})
    with served(port):
        people = {who: client.Client(port, key) for who, key in keys.items()}
        deep = deep_page(people["lead"], "/tickets/")
        deep_tam = deep_page(people["tam"], "/tickets/?status=any&sort=newest")
        figures, whole = [], []
        for page in pages(desk, deep, deep_tam):
            figures.append(_figure(page, people[page.who], rounds))
            if tables := read_whole(people[page.who], page.path):
                whole.append(f"{page.name}: {', '.join(tables)}")
        said.append(f"Read from end to end for a page: {'; '.join(whole) or 'nothing'}.")
        said.append(creating(port, keys["agent"], _address()))
    said.append(sweeping(pairs))
    for sentence in said[1:]:
        print(f"  {sentence}", flush=True)
    return Measured(figures=figures, said=said)


def _address() -> str:
    """Of the newest contact."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT email FROM partners_contact ORDER BY id DESC LIMIT 1")
        found: str = cursor.fetchone()[0]
    connections["owner"].close()
    return found


def told(large: Measured, small: Measured, tickets: int) -> str:
    """A section for docs/performance.md."""
    table = report(large.figures, small.figures, 0).split("| page |", 1)[1]
    before = f"As above with {tickets // 10:,} tickets: {' '.join(small.said)}"
    return "\n".join([" ".join(large.said), "", f"| page |{table}", before, ""])


def main() -> None:
    run = Run(program="bench.desk", unit="tickets", count=1_000_000, port=8125, pairs=3)
    run.measure(lambda count, options: measure(count, options.port, options.rounds, options.pairs), told)


if __name__ == "__main__":
    main()

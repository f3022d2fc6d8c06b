"""`python -m bench.journey`: pages, decisions and forecasts over five years of gates and eighty tasks an organization.

Pages are measured beside their floors as `python -m bench` does. Forecasts of all organizations in onboarding are run
part by part in this process, once over a quarter of them and twice over all: time has to follow their number, and the
figures have to be the same twice.
"""

import argparse
import resource
import statistics
import time
from dataclasses import dataclass
from typing import Any

import django

from bench import client
from bench.__main__ import Figure, _figure, prepare, served, servers, sessions
from bench.pages import Page

DECISIONS = 40
MOST_PARTS = 20


def pages(organization: str) -> tuple[Page, ...]:
    """What people look at when they work on gates."""
    own = f"/organizations/{organization}/"

    def page(name: str, path: str, who: str, *, statements: int, floor: str = "rows") -> Page:
        return Page(name=name, path=path, who=who, floor=floor, bar=2.0, statements=statements)

    return (
        page("Board by gate", "/organizations/board/", "manager", statements=6),
        page("Organization, journey", f"{own}journey/", "tam", statements=10),
        page("Organization, tasks", f"{own}tasks/", "tam", statements=10),
        page("My tasks", "/tasks/", "tam", statements=6),
        page("Launches at risk", "/launches/", "manager", statements=6),
        page("Load", "/load/", "manager", statements=10),
    )


@dataclass(frozen=True, kw_only=True)
class Forecasting:
    """One run over `organizations`: seconds, parts (a task each), and the figures it left.

    The last part looks back at what was foreseen of past launches; its seconds are told apart, for they follow the
    past and not the number of organizations.
    """

    organizations: int
    seconds: float
    looking_back: float
    parts: int
    figures: list[Any]


def forecast_all() -> Forecasting:
    """Run all parts as a single worker would, each in its own transaction."""
    from django.utils import timezone

    from common.scope import Scope, scoped
    from partners.models import Forecast, ForecastRun
    from partners.services import forecast_runs

    now = timezone.now()
    with scoped(Scope.all()):
        # Each measured run is the first of its day.
        ForecastRun.objects.all().delete()
        run = forecast_runs.keep_going(now=now)
    if run is None:
        raise RuntimeError("no journey is loaded")
    times: list[float] = []
    going = True
    while going:
        begin = time.perf_counter()
        with scoped(Scope.all()):
            run.refresh_from_db()
            going = forecast_runs.go_on(run_id=run.pk, after=run.last_id, now=now)
        if going:
            times.append(time.perf_counter() - begin)
    with scoped(Scope.all()):
        run.refresh_from_db()
        figures = list(Forecast.objects.order_by("pk").values_list("pk", "stages", "buffer_days", "receipt"))
    return Forecasting(
        organizations=run.done,
        seconds=sum(times[:-1]),
        looking_back=times[-1],
        parts=len(times),
        figures=figures,
    )


def set_aside(share: int) -> list[int]:
    """Archive all but one of `share` organizations in onboarding; their ids, to bring them back."""
    from django.utils import timezone

    from common.scope import Scope, scoped
    from partners.models import Organization

    with scoped(Scope.all()):
        found = (
            Organization.objects.exclude(stage__in=("post_launch", "live")).order_by("pk").values_list("pk", flat=True)
        )
        away = [pk for place, pk in enumerate(found) if place % share]
        Organization.objects.filter(pk__in=away).update(archived_at=timezone.now())
    return away


def bring_back(ids: list[int]) -> None:
    from common.scope import Scope, scoped
    from partners.models import Organization

    with scoped(Scope.all()):
        Organization.objects.filter(pk__in=ids).update(archived_at=None)


def measure_forecasts() -> str:
    """Print the runs; what they come to, in a sentence."""
    away = set_aside(4)
    few = forecast_all()
    bring_back(away)
    many, again = forecast_all(), forecast_all()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    growth = (many.seconds / few.seconds) / (many.organizations / few.organizations)
    for one in (few, many, again):
        print(
            f"  {one.organizations:6} forecast in {one.seconds:6.1f} s, looked back in {one.looking_back:.1f} s, "
            f"{one.parts} tasks",
            flush=True,
        )
    same = "the same figures twice" if many.figures == again.figures else "OTHER FIGURES THE SECOND TIME"
    parts = "" if many.parts <= MOST_PARTS else f" (over the bar of {MOST_PARTS})"
    return (
        f"{many.organizations:,} organizations in onboarding are forecast in {many.seconds:.1f} s of one process, in "
        f"{many.parts} tasks{parts}; a quarter of them in {few.seconds:.1f} s: each takes {growth:.2f} times as long "
        f"among all. Looking back takes {many.looking_back:.1f} s more. "
        f"{same[0].upper()}{same[1:]}. Most memory: {memory:.0f} MB."
    )


def measure_decisions() -> str:
    """Decide gates of customers before the sale, which nobody signs: the use case with all that hangs on it."""
    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from accounts.actors import actor_for
    from accounts.models import User
    from common.scope import Scope, scoped
    from partners.models import Assignment, GateReview, Handoff, Task
    from partners.services import gates

    now, times, counts = timezone.now(), [], []
    with scoped(Scope.all()):
        found = GateReview.objects.filter(stage="pre_sales", decided_at__isnull=True)
        reviews = list(found.select_related("organization").order_by("pk")[:DECISIONS])
    for review in reviews:
        with scoped(Scope.all()):
            csm = Assignment.objects.filter(organization=review.organization, role="csm").order_by("pk").first()
            if csm is None:
                continue
            Assignment.objects.filter(pk=csm.pk).update(ended_at=None)
            Task.objects.filter(review=review).update(state="done", done_at=now)
            Handoff.objects.create(
                organization=review.organization,
                kind="sales_to_csm",
                policy_version=1,
                from_role="sales",
                to_role="csm",
                giver=User.objects.exclude(pk=csm.user_id).first(),
                receiver=User.objects.get(pk=csm.user_id),
                state="accepted",
                accepted_at=now,
            )
        by = actor_for(User.objects.get(pk=csm.user_id))
        with scoped(Scope.all()), CaptureQueriesContext(connection) as seen:
            begin = time.perf_counter()
            with transaction.atomic():
                gates.decide(review=review, by=by, now=now)
            times.append((time.perf_counter() - begin) * 1000)
        counts.append(len(seen))
    if not times:
        raise RuntimeError("no gate could be decided")
    return (
        f"A gate is decided in {statistics.median(times):.1f} ms (median of {len(times)}) with "
        f"{round(statistics.median(counts))} statements: evaluated, frozen, recorded, the organization moved on, the "
        "next gate opened with its checklist."
    )


def measure(organizations: int, port: int, rounds: int) -> list[Figure]:
    """Build, forecast, look at pages, decide."""
    from bench import journey_world, world

    begin = time.perf_counter()
    world.build(world.Size.of(organizations))
    counts = journey_world.build()
    print(
        f"{counts.organizations} organizations ({counts.under_way} in onboarding), {counts.reviews} gates, "
        f"{counts.tasks} tasks built in {time.perf_counter() - begin:.1f} s",
        flush=True,
    )
    print(measure_forecasts(), flush=True)
    cast = journey_world.cast()
    keys = sessions({"tam": cast.tam_id, "manager": cast.manager_id})
    with served(port):
        people = {who: client.Client(port, key) for who, key in keys.items()}
        figures = [_figure(page, people[page.who], rounds) for page in pages(cast.organization)]
    print(measure_decisions(), flush=True)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.journey")
    parser.add_argument("--organizations", type=int, default=10_000)
    parser.add_argument("--port", type=int, default=8124)
    parser.add_argument("--rounds", type=int, default=30)
    options = parser.parse_args()
    with servers():
        django.setup()
        prepare()
        measure(options.organizations, options.port, options.rounds)


if __name__ == "__main__":
    main()

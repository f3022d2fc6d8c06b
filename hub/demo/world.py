"""Builds the demo world once, in one transaction."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from accounts.models import User
from accounts.services import activity
from common import policy_cache
from common.models import PolicyVersion
from common.scope import Scope, scoped
from hub.demo.absences import go_away
from hub.demo.alarms import raise_past_alarms
from hub.demo.articles import write_articles
from hub.demo.conversations import talk
from hub.demo.desk import open_desk
from hub.demo.drills import play
from hub.demo.enablement import help_on
from hub.demo.forecasts import foresee
from hub.demo.gates import Leaving
from hub.demo.growth import grow
from hub.demo.handoffs import hand_over, told_otherwise
from hub.demo.happenings import World, stir
from hub.demo.health import measure
from hub.demo.incidents import have_incidents
from hub.demo.lives import live
from hub.demo.past_handoffs import hand_over_past
from hub.demo.people import Crew, make_crew
from hub.demo.plans import plans
from hub.demo.plans_and_reviews import plan_and_review
from hub.demo.present_gates import fill_present_gates
from hub.demo.quality import receive
from hub.demo.relationships import know_people
from hub.demo.voices import speak
from partners.models import Assignment, Contact, Interaction, Organization
from partners.services import timeline
from reports.services import facts

MARK = "pam@demo.example"
# Any number, as long as all who build use the same.
_BUILDERS = 7_346_202


@dataclass(frozen=True, kw_only=True)
class WorldSummary:
    people: int
    organizations: int
    contacts: int
    assignments: int
    interactions: int


def build(*, password: str, now: datetime) -> WorldSummary | None:
    """Make the world and say what is in it; None, and nothing changed, where it is there already."""
    _load_policies()
    with scoped(Scope.all()), _one_piece(), _unwatched(), policy_cache.held():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_BUILDERS])
        if User.objects.filter(email=MARK).exists():
            return None
        crew = make_crew(password=password, now=now)
        world = _lived(crew, now)
        fill_present_gates(world, crew=crew, now=now)
        hand_over(world, crew=crew, now=now)
        stir(world, crew=crew, now=now)
        talk(now=now)
        foresee(now=now)
        write_articles(crew=crew, now=now)
        open_desk(world, crew=crew, now=now)
        play(crew=crew, now=now)
        receive(crew=crew, now=now)
        have_incidents(crew=crew, now=now)
        know_people(now=now)
        help_on(now=now)
        speak(crew=crew, now=now)
        measure(world, now=now)
        grow(crew=crew, now=now)
        plan_and_review(crew=crew, now=now)
        go_away(crew=crew, now=now)
        raise_past_alarms(world, now=now)
        while facts.refresh(now=now):
            pass
        return _summary()


def _lived(crew: Crew, now: datetime) -> World:
    """All lives up to now. What they leave in trail and timeline is written at their end: nothing in them reads it."""
    world: World = {}
    passed: list[Leaving] = []
    with activity.gathering.block(), timeline.gathering.block():
        for plan in plans(now):
            through = world[plan.through][1] if plan.through is not None else None
            world[plan.number] = (plan, live(plan, crew=crew, now=now, through=through, passed=passed))
        hand_over_past(passed, but=told_otherwise(world), now=now)
    return world


@contextmanager
def _one_piece() -> Iterator[None]:
    """Leave the savepoints of use cases out: nothing of the world is kept if one of them fails.

    They would be every fourth statement. A use case that refuses must not be caught in here.
    """
    features = connection.features
    before = features.uses_savepoints
    features.uses_savepoints = False
    try:
        yield
    finally:
        features.uses_savepoints = before


@contextmanager
def _unwatched() -> Iterator[None]:
    """Leave the collector of cycles out: it would look at everything again and again, and find next to nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _load_policies() -> None:
    """Without an access policy nobody may do anything: a fresh installation gets the default packs."""
    if not PolicyVersion.objects.filter(name="access", is_active=True).exists():
        call_command("policy", "load", str(Path(settings.BASE_DIR) / "policies" / "default"), verbosity=0)


def _summary() -> WorldSummary:
    return WorldSummary(
        people=User.objects.count(),
        organizations=Organization.objects.count(),
        contacts=Contact.objects.count(),
        assignments=Assignment.objects.count(),
        interactions=Interaction.objects.count(),
    )

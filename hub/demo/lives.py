"""Lets one organization live through its plan: every step at its moment, by who may take it then, by services."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from accounts.rules.access import Actor
from hub.demo.gates import Leaving, open_review_of, pass_gate
from hub.demo.people import Crew
from hub.demo.plans import Ownership, Plan
from hub.demo.sayings import BY_STAGE, FIRST_NAMES, JOB_TITLES, LAST_NAMES, MOVED
from partners.models import Assignment, Contact, Organization
from partners.services import assignments, contacts, interactions, organizations, stages

# Who speaks with them in each stage, the likeliest first.
_SPEAKERS = {
    "pre_contract": ("pam", "pdm"),
    "gate_0": ("pdm", "pam"),
    "gate_1": ("pdm", "pam", "integration"),
    "gate_2": ("tpm", "pam", "integration"),
    "gate_3": ("psm", "tam", "pam"),
    "post_launch": ("tam", "csm", "pam", "psm"),
}
_CADENCE = timedelta(days=11)
_MOST_IN_A_STAGE = 5


@dataclass
class Life:
    """One organization while it is being made. Every step happens at its moment, whatever the order of writing."""

    plan: Plan
    crew: Crew
    now: datetime
    rng: Random
    organization: Organization
    # Who is the primary owner of each role by now.
    owners: dict[str, str]
    passed: list[Leaving]
    people: list[Contact] = field(default_factory=list)
    used_sayings: list[str] = field(default_factory=list)

    def actor(self, key: str) -> Actor:
        return self.crew.actors[key]


def live(plan: Plan, *, crew: Crew, now: datetime, through: Organization | None, passed: list[Leaving]) -> Organization:
    """Make the organization and everything that happened to it up to `now`; how it left its stages goes to `passed`."""
    rng = Random(f"life of {plan.number}")  # noqa: S311
    life = Life(
        plan=plan,
        crew=crew,
        now=now,
        rng=rng,
        organization=_make(plan, crew, through),
        owners={plan.owners[0].role: plan.owners[0].who},
        passed=passed,
    )
    steps = [*_owner_steps(life), *_contact_steps(life), *_talk_steps(life), *_move_steps(life)]
    for _at, _order, step in sorted(steps, key=lambda entry: entry[:2]):
        step()
    return life.organization


Step = tuple[datetime, int, Callable[[], Any]]


def _make(plan: Plan, crew: Crew, through: Organization | None) -> Organization:
    first = plan.owners[0]
    maker = first.who
    if plan.kind == "customer":
        maker = "admin" if through else "csmlead" if first.who in ("csm", "csm2") else "csmlead2"
    values = plan.values | ({"via_partner": through} if through else {})
    organization = organizations.create_organization(
        by=crew.actors[maker], kind=plan.kind, values=values, now=plan.made_at
    )
    naming = assignments.assign_owner if maker == "admin" else assignments.name_first_owner
    naming(
        by=crew.actors[maker], organization=organization, user=crew.users[first.who], role=first.role, now=plan.made_at
    )
    return organization


def _owner_steps(life: Life) -> list[Step]:
    return [(owner.at, 1, partial(_take_over, life, owner)) for owner in life.plan.owners[1:]]


def _take_over(life: Life, owner: Ownership) -> None:
    by = life.actor(life.owners.get("pam") or "admin") if life.plan.kind == "partner" else life.actor("admin")
    user = life.crew.users[owner.who]
    if owner.instead_of or owner.is_primary or owner.role not in life.owners:
        life.owners[owner.role] = owner.who
    if owner.instead_of:
        row = Assignment.objects.active().get(
            organization=life.organization, role=owner.role, user=life.crew.users[owner.instead_of]
        )
        assignments.replace_owner(by=by, assignment=row, user=user, reason=owner.reason, now=owner.at)
        return
    assignments.assign_owner(
        by=by,
        organization=life.organization,
        user=user,
        role=owner.role,
        is_primary=owner.is_primary,
        reason=owner.reason,
        now=owner.at,
    )


def _contact_steps(life: Life) -> list[Step]:
    first = life.plan.made_at
    return [
        (min(first + timedelta(days=number, minutes=10), life.now), 2, partial(_meet, life, number))
        for number in range(life.plan.contacts)
    ]


def _meet(life: Life, number: int) -> None:
    plan = life.plan
    first = FIRST_NAMES[(plan.number * 7 + number * 13) % len(FIRST_NAMES)]
    last = LAST_NAMES[(plan.number * 5 + number * 29) % len(LAST_NAMES)]
    role, job_title = JOB_TITLES[(plan.number + number) % len(JOB_TITLES)]
    contact = contacts.add_contact(
        by=life.actor("admin"),
        organization=life.organization,
        values={
            "name": f"{first} {last}",
            "email": f"{ascii_of(first)}.{ascii_of(last)}@{domain_of(plan)}",
            "phone": f"+{10 + plan.number % 80} {200 + number} {100_000 + plan.number * 917 % 900_000}",
            "job_title": job_title,
            "role": "champion" if number == 0 else role,
            "timezone": plan.values["timezone"],
            "is_ticket_manager": number == 0,
        },
        now=min(plan.made_at + timedelta(days=number, minutes=10), life.now),
    )
    life.people.append(contact)


def ascii_of(name: str) -> str:
    """A name as it stands in an address."""
    plain = unicodedata.normalize("NFKD", name.replace("ø", "o").replace("Ø", "O").replace("Ł", "L").replace("ł", "l"))
    return "".join(letter for letter in plain.lower() if letter.isascii() and letter.isalpha())


def domain_of(plan: Plan) -> str:
    """The address of an organization: its name's first words."""
    words = [ascii_of(word) for word in plan.values["name"].split()]
    return "-".join([word for word in words if word][:2]) + ".example"


def _talk_steps(life: Life) -> list[Step]:
    """Talks of every stage in its rhythm, up to the day since which the organization is quiet."""
    steps: list[Step] = []
    entered = list(life.plan.entered.items())
    for position, (stage, start) in enumerate(entered):
        is_last = position == len(entered) - 1
        end = life.now - timedelta(days=life.plan.quiet_days) if is_last else entered[position + 1][1]
        moments = _rhythm(
            life, start + timedelta(days=1), end, most=_MOST_IN_A_STAGE if is_last else life.rng.randint(1, 2)
        )
        steps += [(at, 3, partial(_talk, life, stage, at)) for at in moments]
    return steps


def _rhythm(life: Life, start: datetime, end: datetime, *, most: int) -> list[datetime]:
    """Up to `most` moments, the latest ones nearest together, as conversations are remembered."""
    found: list[datetime] = []
    at = end
    while at > start and len(found) < most:
        moment = at.replace(hour=life.rng.randint(8, 16), minute=life.rng.randrange(0, 60, 5), second=0)
        # Whenever the world is built: what would lie behind the end was said a day before.
        found.append(moment if moment < end else moment - timedelta(days=1))
        at -= _CADENCE * life.rng.uniform(0.5, 1.6)
    return [moment for moment in found if start <= moment < end]


def _talk(life: Life, stage: str, at: datetime) -> None:
    roles = _SPEAKERS.get(stage, ("csm", "tam", "csm"))
    chosen = roles[life.rng.randrange(len(roles))]
    speaker = life.owners.get(chosen) or life.owners.get(roles[0])
    if speaker is None:
        return
    fresh = [saying for saying in BY_STAGE[stage] if saying[1] not in life.used_sayings] or list(BY_STAGE[stage])
    kind, summary, notes, is_two_way = fresh[life.rng.randrange(len(fresh))]
    life.used_sayings.append(summary)
    present = life.people[: life.rng.randint(1, 2)] if is_two_way else []
    who = present[0].name.split()[0] if present else "Their lead"
    interactions.log_interaction(
        by=life.actor(speaker),
        organization=life.organization,
        values={
            "kind": kind,
            "summary": summary,
            "body": notes.format(who=who, name=life.organization.name),
            "happened_at": at,
            "minutes": life.rng.choice((15, 25, 30, 45, 60)) if kind in ("call", "meeting") else None,
            "is_two_way": is_two_way,
        },
        contacts=present,
        now=at,
    )


def _move_steps(life: Life) -> list[Step]:
    moves = list(life.plan.entered.items())[1:]
    return [(at, 0, partial(_move, life, stage, at)) for stage, at in moves]


def _move(life: Life, to: str, at: datetime) -> None:
    """Leave the present stage through its gate."""
    leaving = Leaving(
        organization=life.organization,
        review=open_review_of(life.organization),
        owners=dict(life.owners),
        crew=life.crew,
        turn=life.plan.number,
        at=at,
    )
    review = pass_gate(leaving)
    life.passed.append(leaving)
    reasons = MOVED[to]
    life.organization = stages.move(
        organization=life.organization,
        to=to,
        review=review,
        by=life.actor(leaving.decider),
        reason=reasons[life.plan.number % len(reasons)],
        now=at,
    )

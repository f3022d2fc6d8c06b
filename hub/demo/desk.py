"""The desk of the demo world: queues and who serves them, and what contacts asked in the last ninety days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random

from django.db.models import F

from accounts.models import Notification, Team, User, WorkCalendar
from accounts.services import absences, rotas
from common.models import Outbox
from hub.demo.desk_courses import COURSES, OPEN_COURSES, Talk
from hub.demo.desk_sayings import CATEGORIES, MACROS, SAYINGS, UNKNOWN_SENDERS, Saying
from hub.demo.happenings import World
from hub.demo.people import Crew
from partners.models import Assignment, Contact, Organization
from tickets.choices import Channel
from tickets.models import Agent, Category, Macro, Queue, QueueTeam
from tickets.services.histories import History, Step, write
from tickets.services.opening import Origin, Requester

DAYS = 90
SOLVED = 252
OPEN = 42
_STAGES = ("gate_2", "gate_3", "post_launch", "integrate", "adopt", "live")
# Those whose contacts sign in have more to look at.
_OFTEN = {("post_launch", 0): 8, ("post_launch", 3): 5, ("live", 0): 6}
_AGENTS = {
    "support": (True, 25, ["access", "how_to", "billing", "training"]),
    "support2": (True, 25, ["access", "data", "how_to"]),
    "senior": (True, 15, ["integration", "data", "performance"]),
    "senior2": (False, 15, ["integration", "performance"]),
}


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Queues and categories by their keys."""

    queues: dict[str, Queue]
    categories: dict[str, Category]


def open_desk(world: World, *, crew: Crew, now: datetime) -> None:
    """Everything below."""
    desk = _make_desk()
    _make_rota(crew, now)
    askers = _askers(world)
    write([*_histories(askers, desk, crew, now)], now=now)
    # Nobody of the world is sent mail.
    Notification.objects.filter(mailed_at__isnull=True).update(mailed_at=F("created_at"))
    Outbox.objects.filter(done_at__isnull=True).update(done_at=now)


def _make_desk() -> Desk:
    calendars = {calendar.name: calendar for calendar in WorkCalendar.objects.all()}
    teams = {team.name: team for team in Team.objects.filter(kind="support")}
    queues = {
        key: Queue.objects.create(
            key=key, name=name, purpose=purpose, address=address, calendar=calendars[hours], is_default=key == "support"
        )
        for key, name, purpose, address, hours in (
            ("support", "Support", "Everything that nobody routes", "support@demo.example", "Support desk Europe"),
            ("escalations", "Escalations", "Hard and urgent tickets", "", "Support desk Europe"),
            ("gulf", "Gulf and Asia", "Partners who work from Sunday on", "gulf@demo.example", "Dubai desk"),
        )
    }
    serving = (("support", "Support desk"), ("escalations", "Escalations"), ("gulf", "Support desk"))
    QueueTeam.objects.bulk_create(QueueTeam(queue=queues[key], team=teams[team]) for key, team in serving)
    Agent.objects.bulk_create(
        Agent(user=user, is_available=available, most_open=most, skills=skills)
        for key, (available, most, skills) in _AGENTS.items()
        for user in User.objects.filter(email=f"{key}@demo.example")
    )
    categories = {
        key: Category.objects.create(key=key, name=name, in_portal=in_portal, position=place)
        for place, (key, name, in_portal) in enumerate(CATEGORIES)
    }
    for name, body, is_note, changes in MACROS:
        Macro.objects.create(name=name, body=body, is_note=is_note, changes=changes)
    return Desk(queues=queues, categories=categories)


def _make_rota(crew: Crew, now: datetime) -> None:
    """The second line takes turns; the week after next but four is not filled, and one of them will be away."""
    lead = crew.actors["supportlead2"]
    rota = rotas.create(
        by=lead,
        name="Escalations out of hours",
        team=Team.objects.get(name="Escalations"),
        timezone="Europe/Zagreb",
        now=now,
    )
    monday = (now - timedelta(days=now.weekday())).date()
    people = [crew.users["senior"], crew.users["senior2"]]
    for first_on, weeks in ((monday, 6), (monday + timedelta(weeks=7), 5)):
        rotas.rotate(
            by=lead,
            rota=rota,
            people=people,
            first_on=first_on,
            weeks=weeks,
            handover=time(8),
            # As of the beginning of the week that is under way.
            now=datetime.combine(monday, time(), tzinfo=UTC),
        )
    for key, first, last, reason in (("support2", 3, 12, "Holiday"), ("csm2", -1, 2, "Parental leave of a colleague")):
        absences.record(
            by=crew.actors[key],
            user=crew.users[key],
            first_on=(now + timedelta(days=first)).date(),
            last_on=(now + timedelta(days=last)).date(),
            reason=reason,
            now=now,
        )


@dataclass(frozen=True, kw_only=True)
class Asker:
    """A contact who writes, and who looks after them: the TAM's key, if there is one."""

    organization: Organization
    contact: Contact
    tam_id: int | None


def _askers(world: World) -> list[Asker]:
    """Contacts of organizations that work with us already, those of the portal several times over."""
    found = [(plan, organization) for plan, organization in world.values() if plan.stage in _STAGES]
    people: dict[int, list[Contact]] = {}
    ids = [organization.pk for _plan, organization in found]
    for contact in Contact.objects.filter(organization_id__in=ids, archived_at__isnull=True).order_by("pk"):
        people.setdefault(contact.organization_id, []).append(contact)
    owning = Assignment.objects.active().filter(organization_id__in=ids, role="tam").order_by("pk")
    tams = dict(owning.values_list("organization_id", "user_id"))
    askers = []
    for plan, organization in found:
        # Those who sign in to the portal write first.
        known = sorted(people.get(organization.pk, []), key=lambda contact: contact.user_id is None)
        for turn in range(_OFTEN.get((plan.stage, plan.place), 2) if known else 0):
            contact = known[0] if turn % 3 != 2 else known[-1]
            askers.append(Asker(organization=organization, contact=contact, tam_id=tams.get(organization.pk)))
    return askers


def _histories(askers: list[Asker], desk: Desk, crew: Crew, now: datetime) -> Iterator[History]:
    rng = Random("the desk")  # noqa: S311
    turns = askers * (1 + (SOLVED + OPEN) // len(askers))
    rng.shuffle(turns)
    for number in range(SOLVED):
        course = COURSES[number % len(COURSES)]
        opened_at = _at_work(rng, now - timedelta(days=3 + (DAYS - 3) * rng.random() ** 1.3))
        talk = _talk(rng, turns[number], SAYINGS[number % len(SAYINGS)], opened_at, desk, crew, now)
        yield _history(talk, course(talk), desk)
    for number in range(OPEN):
        age, course = OPEN_COURSES[number % len(OPEN_COURSES)]
        opened_at = now - age * (0.8 + 0.4 * rng.random())
        asker = turns[SOLVED + number]
        talk = _talk(rng, asker, SAYINGS[(number * 5 + 4) % len(SAYINGS)], opened_at, desk, crew, now)
        yield _history(talk, course(talk), desk)
    for number, (name, address, subject, body) in enumerate(UNKNOWN_SENDERS):
        yield History(
            requester=Requester(name=name, email=address),
            queue=desk.queues["support"],
            values={"subject": subject},
            body=body,
            opened_at=now - timedelta(hours=5 + 9 * number),
            origin=Origin(channel=Channel.MAIL),
        )


def _talk(
    rng: Random, asker: Asker, saying: Saying, opened_at: datetime, desk: Desk, crew: Crew, now: datetime
) -> Talk:
    keys = {user.pk: key for key, user in crew.users.items()}
    return Talk(
        saying=saying,
        opened_at=opened_at,
        now=now,
        rng=rng,
        first=crew.actors[rng.choice(("support", "support", "support2"))],
        second=crew.actors[rng.choice(("senior", "senior2"))],
        tam=crew.actors[keys[asker.tam_id]] if asker.tam_id is not None else None,
        users={actor.user_id: user for key, user in crew.users.items() for actor in [crew.actors[key]]},
        escalations=desk.queues["escalations"],
        requester=Requester(organization=asker.organization, contact=asker.contact, name=asker.contact.name),
    )


def _history(talk: Talk, steps: list[Step], desk: Desk) -> History:
    saying, organization = talk.saying, talk.requester.organization
    is_far = organization is not None and organization.timezone.startswith("Asia/")
    has_portal = talk.requester.contact is not None and talk.requester.contact.user_id is not None
    return History(
        requester=talk.requester,
        queue=desk.queues["gulf" if is_far else "support"],
        values={
            "subject": saying.subject,
            "kind": saying.kind,
            "category": desk.categories[saying.category],
            "impact": saying.impact,
            "urgency": saying.urgency,
            "tags": list(saying.tags),
        },
        body=saying.body,
        opened_at=talk.opened_at,
        origin=Origin(channel=Channel.PORTAL if has_portal else talk.rng.choice((Channel.MAIL, Channel.PHONE))),
        steps=steps,
    )


def _at_work(rng: Random, moment: datetime) -> datetime:
    """A moment of that day, mostly within working hours of Europe; weekends are quiet."""
    day = moment - timedelta(days=max(moment.weekday() - 4, 0) if rng.random() < 0.9 else 0)
    return day.replace(hour=rng.randint(6, 17), minute=rng.randrange(60), second=rng.randrange(60), microsecond=0)

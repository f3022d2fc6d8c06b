"""What a contact sees in the portal: the organization that is open, in plain words, and nothing internal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.choices import OWNER_ROLES
from accounts.labels import role_label
from accounts.rules.access import Actor
from common.pagination import Order, Page, SortKey, paginate
from common.scope import Scope, scoped
from partners.choices import STAGES_OF_KIND, OrganizationKind, Stage
from partners.models import Assignment, Contact, Organization, TimelineEntry
from partners.selectors.portal_plans import PlanInShort, in_short, running_plans

SHARED = Order((SortKey(name="at", descending=True),))
SHARED_SIZE = 15

# What each stage is called outside, and what happens in it.
_PLAIN: Mapping[str, tuple[str | Promise, str | Promise]] = {
    Stage.PRE_CONTRACT: (_("Getting to know each other"), _("We agree on how we want to work together.")),
    Stage.GATE_0: (_("Kick-off"), _("We set up the team and the plan on both sides.")),
    Stage.GATE_1: (_("Getting ready to sell"), _("We train your people and prepare offers and materials.")),
    Stage.GATE_2: (_("Getting ready to order"), _("We connect our systems and test ordering end to end.")),
    Stage.GATE_3: (_("Getting ready to deliver"), _("We try everything with first users and prepare the launch.")),
    Stage.POST_LAUNCH: (_("Launched"), _("You are live. We stay in touch and improve together.")),
    Stage.PRE_SALES: (_("Getting to know each other"), _("We find out what you need and whether we fit.")),
    Stage.KICK_OFF: (_("Kick-off"), _("We set up the team and the plan on both sides.")),
    Stage.INTEGRATE: (_("Connecting"), _("We connect your systems and move your data.")),
    Stage.ADOPT: (_("First users"), _("Your first teams start working with it.")),
    Stage.LIVE: (_("Live"), _("You are live. We stay in touch and improve together.")),
}


@dataclass(frozen=True, kw_only=True)
class PortalStep:
    """One stage of the way, as the steps component takes it."""

    label: str
    state: str
    hint: str = ""
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class PortalPerson:
    """One of our people to talk to."""

    name: str
    role: str
    job_title: str
    email: str


@dataclass(frozen=True, kw_only=True)
class PortalHome:
    """The open organization; `name` and `stage_text` are in the words of outsiders."""

    name: str
    stage_title: str
    stage_text: str
    steps: tuple[PortalStep, ...]
    people: tuple[PortalPerson, ...]
    plans: tuple[PlanInShort, ...]


@dataclass(frozen=True, kw_only=True)
class OwnOrganization:
    """An organization that a contact may open."""

    public_id: str
    name: str
    is_open: bool


def portal_home(actor: Actor) -> PortalHome | None:
    """The organization that `actor` has open: one statement. None where it is gone or archived."""
    rows = Organization.objects.visible_to(actor).current().only("name", "kind", "stage")
    organization = rows.annotate(held=ArraySubquery(_held(actor)), plans=ArraySubquery(running_plans())).first()
    if organization is None:
        return None
    title, text = _PLAIN[organization.stage]
    return PortalHome(
        name=organization.name,
        stage_title=str(title),
        stage_text=str(text),
        steps=_steps(organization),
        people=_people(organization.held),
        plans=tuple(in_short(plan) for plan in organization.plans),
    )


def shared_entries(actor: Actor, *, cursor: str = "") -> Page:
    """What was shared with the open organization, newest first: one statement."""
    rows = TimelineEntry.objects.visible_to(actor).filter(organization_id=actor.organization_id, field_class="general")
    return paginate(rows.only("public_id", "at", "title", "body", "kind"), SHARED, cursor=cursor, size=SHARED_SIZE)


def own_organizations(actor: Actor) -> tuple[OwnOrganization, ...]:
    """Every organization that this person is a contact of: the open one and those to switch to. One statement."""
    # The others lie outside of the request's scope by design; only the person's own contact rows are read.
    with scoped(Scope.all()):
        rows = list(
            Contact.objects.filter(
                user_id=actor.user_id or 0, archived_at__isnull=True, organization__archived_at__isnull=True
            )
            .order_by("organization__name_sort", "organization_id")
            .values_list("organization_id", "organization__public_id", "organization__name")
            .distinct()
        )
    return tuple(
        OwnOrganization(public_id=str(public_id), name=name, is_open=pk == actor.organization_id)
        for pk, public_id, name in rows
    )


def own_organization_id(actor: Actor, public_id: UUID) -> int | None:
    """The id of an organization that this person is a contact of; None for any other."""
    with scoped(Scope.all()):
        found: int | None = (
            Contact.objects.filter(
                user_id=actor.user_id or 0,
                archived_at__isnull=True,
                organization__archived_at__isnull=True,
                organization__public_id=public_id,
            )
            .values_list("organization_id", flat=True)
            .first()
        )
    return found


def _steps(organization: Organization) -> tuple[PortalStep, ...]:
    stages = STAGES_OF_KIND[OrganizationKind(organization.kind)]
    here = stages.index(Stage(organization.stage))
    states = ("done", "current", "todo")
    return tuple(
        PortalStep(label=str(_PLAIN[stage][0]), state=states[(place > here) - (place < here) + 1])
        for place, stage in enumerate(stages)
    )


def _held(actor: Actor) -> QuerySet[Any, Any]:
    """Who carries an organization first in which role, as JSON."""
    rows = Assignment.objects.visible_to(actor).active().filter(organization_id=OuterRef("pk"), role__in=OWNER_ROLES)
    people = {name: F(f"user__{name}") for name in ("name", "job_title", "email")}
    found = rows.filter(is_primary=True, user__is_active=True).order_by("role")
    return found.values(found=JSONObject(user_id=F("user_id"), role=F("role"), **people))


def _people(held: Iterable[Mapping[str, Any]]) -> tuple[PortalPerson, ...]:
    people: dict[int, list[Mapping[str, Any]]] = {}
    for row in held:
        people.setdefault(row["user_id"], []).append(row)
    return tuple(
        PortalPerson(
            name=rows[0]["name"],
            role=", ".join(role_label(row["role"]) for row in rows),
            job_title=rows[0]["job_title"],
            email=rows[0]["email"],
        )
        for rows in people.values()
    )

"""Every address of the hub, filled with ids that exist around Northwind, for tests that walk all of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import ApiToken, Invitation, Team, User, WorkCalendar
from common.models import ImportRun
from common.services import working_copies
from health.imports import runs as sample_runs
from health.services import alert_hooks, entitlements, features, lab, lab_replay, lab_shadow
from hub import checks
from partners.models import Assignment, BalanceMove, BalanceProposal, FeedbackVoice, ReleaseNote, Task, TimelineEntry
from partners.services import betas, campaigns, gates
from reports.models import ExternalQuestion, ExternalSurvey
from tests.cast import Cast
from tests.factories.incidents import written
from tests.factories.tasks import make_note
from tests.factories.tickets import make_desk, make_ticket
from tests.hub.api_world import MISSING, make_world, token_of
from tests.partners.gate_world import submitted
from tickets.imports import runs
from tickets.imports.options import Options
from tickets.models import Article, Incident, Macro, Queue
from tickets.selectors.drill import Drill
from tickets.selectors.sla_book import pack_in_force
from tickets.services import drills, post_mortems
from tickets.services.following import add_link


def tickets_uploaded(cast: Cast) -> ImportRun:
    """A file of tickets that waits to be checked."""
    content = ContentFile(b'{"tickets": [{"id": 1}]}')
    actor = cast.actor("adam")
    return runs.start(
        by=actor, source="zendesk", content=content, name="export.json", options=Options(), now=timezone.now()
    )


# `<uuid:public_id>` of a path, `(?P<key>.+)` of an expression.
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")


@dataclass(frozen=True, kw_only=True)
class Address:
    """One URL of the URLconf: its pattern, and its path with ids of things that exist."""

    pattern: str
    path: str
    view: Any

    @property
    def is_api(self) -> bool:
        return self.path.startswith("/api/v1/")

    @property
    def is_admin(self) -> bool:
        return self.path.startswith("/admin/")


@dataclass(frozen=True, kw_only=True)
class AddressWorld:
    """`named`: what stands for a parameter, by its name or by the part of the path before it and its name."""

    cast: Cast
    named: dict[str, str]

    def addresses(self) -> list[Address]:
        """All of them, each once; those of the administration site too."""
        found = {address.path: address for address in self._filled()}
        return list(found.values())

    def _filled(self) -> Iterator[Address]:
        for pattern, entry in checks.url_patterns():
            yield Address(pattern=pattern, path="/" + self._path(pattern), view=entry.callback)

    def _path(self, pattern: str) -> str:
        def value(match: re.Match[str]) -> str:
            before = match.string[: match.start()].strip("/^").split("/")[-1]
            name = match[1] or match[2]
            return self.named.get(f"{before}/{name}", self.named.get(name, MISSING))

        return re.sub(r"[\^$]", "", _PARAMETER.sub(value, pattern))


def make_address_world(cast: Cast) -> AddressWorld:
    """One of everything, and how addresses name it."""
    ids, now = make_world(cast).ids, timezone.now()
    token_of(cast.adam)
    invitation = Invitation.objects.create(
        email="new@v.example", name="New", invited_by=cast.adam, expires_at=now + timedelta(days=7)
    )
    gates.open_review(organization=cast.northwind, now=now)
    submitted(cast, cast.northwind)
    of_organization = {"organization": cast.northwind, "contact": cast.connie_contact}
    rows = {"user": User, "team": Team, "workcalendar": WorkCalendar, "apitoken": ApiToken, "invitation": Invitation}
    objects = {name: model.objects.earliest("pk") for name, model in rows.items()} | of_organization
    return AddressWorld(
        cast=cast,
        named={
            **{f"{noun}/id": found for noun, found in ids.items()},
            **{f"{name}/object_id": str(row.pk) for name, row in objects.items()},
            "kb/slug": Article.objects.earliest("pk").slug,
            "help/slug": Article.objects.earliest("pk").slug,
            "language": "en",
            "public_id": ids["organizations"],
            "organization_id": ids["organizations"],
            "entry_id": str(TimelineEntry.objects.filter(organization=cast.northwind).earliest("pk").public_id),
            "interaction_id": ids["interactions"],
            "assignment_id": str(Assignment.objects.active().get(organization=cast.northwind, role="tam").public_id),
            "contact_id": ids["contacts"],
            "grant_id": ids["context-grants"],
            "dimension": "partner_tier",
            "name": "access",
            "version": "1",
            "stamp": "1",
            "object_id": "1",
            "session_id": "1",
            "pk": "1",
            "provider_id": "sso",
            "app_label": "partners",
            "imports/public_id": ids["imports"],
            "runs/public_id": str(tickets_uploaded(cast).public_id),
            "views/public_id": ids["saved-views"],
            "exports/public_id": ids["exports"],
            "people/public_id": ids["users"],
            "calendars/public_id": ids["calendars"],
            "notifications/public_id": ids["notifications"],
            "invitations/public_id": str(invitation.public_id),
            "tokens/public_id": str(ApiToken.objects.earliest("pk").public_id),
            "audit/public_id": MISSING,
            "tasks/public_id": ids["tasks"],
            "plays/public_id": ids["plays"],
            "alerts/public_id": ids["alerts"],
            "rules/rule": "band_red",
            "report_id": "tam",
            "saved_id": ids["saved-reports"],
            "mail_id": ids["report-subscriptions"],
            "kpi_id": "tickets_created",
            "export/mode": "heat",
            "commitment_id": ids["commitments"],
            "training_id": ids["trainings"],
            "recommendation_id": ids["recommendations"],
            "integration_id": ids["integrations"],
            "services/delivery_id": ids["service-deliveries"],
            "win_id": ids["wins"],
            "requests/request_id": ids["reference-requests"],
            "asked-waivers/request_id": ids["waiver-requests"],
            "drill/drill_id": _drill(cast),
            "attendees/person_id": str(cast.connie_contact.public_id),
            "steps/stage": "design",
            "plan_id": ids["success-plans"],
            "objective_id": ids["objectives"],
            "evidence_id": str(make_note(Task.objects.get(public_id=ids["tasks"])).public_id),
            "policies/name": working_copies.begin(name="partner_journey", now=now, actor_id=cast.adam.pk)[0].name,
            "preview/questionnaire": "gate-0-kickoff",
            "stages/stage": "gate_1",
            "parts/place": "stages/gate_0",
            "add/place": "stages/gate_0/checklist",
            "place": "stages/gate_0/checklist/file_contract",
            "stage": "gate_3",
            "questionnaire": "gate-3-ready-to-deliver",
            "section": "phase-3a-operational-readiness",
            "field": "beta-testing-complete",
            "number": "1",
            **_of_a_ticket(cast),
            **_of_an_incident(cast),
            **_of_the_lab(cast),
            **_of_metrics(cast),
            **_of_feedback(cast),
            **_of_reports_and_capacity(cast),
            "target": "section:phase-3a-operational-readiness",
        },
    )


def _of_a_ticket(cast: Cast) -> dict[str, str]:
    """A ticket of Northwind, with what hangs on it."""
    now = timezone.now()
    desk = make_desk(cast.sue, is_default=True)
    ticket = make_ticket(desk, cast.northwind, contact=cast.connie_contact, now=now)
    link = add_link(by=cast.actor("sue"), ticket=ticket, url="https://github.com/vendor/hub/issues/7", now=now)
    macro = Macro.objects.create(name="Hello", body="Hello.")
    message = str(ticket.messages.get().public_id)
    return {
        "tickets/number": str(ticket.number),
        "message_id": message,
        "link_id": str(link.public_id),
        "macros/public_id": str(macro.public_id),
    }


def _of_an_incident(cast: Cast) -> dict[str, str]:
    """The incident of the world, with a post-mortem and what is done."""
    now, incident, sue = timezone.now(), Incident.objects.get(), cast.actor("sue")
    action = post_mortems.add_action(
        by=sue, incident=incident, organization=cast.northwind, title="Watch it", due_on=now.date(), now=now
    )
    written(incident, sue, now=now)
    return {
        "incidents/number": str(incident.number),
        "tickets/ticket": str(incident.linked.get().ticket.number),
        "before": "1",
        "action_id": str(action.public_id),
    }


def _drill(cast: Cast) -> str:
    """A drill that was played on the world's queue."""
    found = pack_in_force()
    if found is None:
        raise AssertionError("the world has service levels")
    thought_of = Drill(
        policy=found[1].policies[0],
        version_id=found[0],
        priority="high",
        queue=Queue.objects.earliest("pk"),
        start=timezone.now(),
    )
    return str(drills.play(by=cast.actor("sara"), drill=thought_of, now=timezone.now()).public_id)


def _of_the_lab(cast: Cast) -> dict[str, str]:
    """A scorecard with a working copy, a replay that has not begun to compute, and a shadow run."""
    now, adam, card = timezone.now(), cast.actor("adam"), "partner_steady"
    lab.begin(card=card, by=adam, now=now)
    replay = lab_replay.start(card=card, weeks=13, knowledge="then", by=adam, now=now)
    lab_shadow.start(card=card, by=adam, now=now)
    return {
        "lab/card": card,
        "replays/public_id": str(replay.public_id),
        "measures/measure": "uptime",
        "groups/group": "operations",
        "vetoes/veto": "pulse_red",
    }


def _of_metrics(cast: Cast) -> dict[str, str]:
    """A feature, an entitlement of Northwind, a file of samples, an address for monitors."""
    now, adam = timezone.now(), cast.actor("adam")
    feature = features.add(by=adam, key="reports", values={"name": "Reports", "used_from": 3}, now=now)
    values = {"metric": "active_users", "amount": Decimal(40), "starts_on": now.date()}
    bought = entitlements.put(by=adam, organization=cast.northwind, now=now, **values)
    file = ContentFile(b"customer id,metric,date,value\nnw,uptime,2026-03-02,99\n")
    run = sample_runs.start(by=adam, content=file, name="samples.csv", now=now)
    hook, token = alert_hooks.add(
        by=adam, values={"name": "Monitors", "metric": "uptime", "when_alert": Decimal(0)}, now=now
    )
    return {
        "features/public_id": str(feature.public_id),
        "entitlements/entitlement_id": str(bought.pk),
        "files/public_id": str(run.public_id),
        "monitors/public_id": str(hook.public_id),
        "datadog/token": token,
    }


def _of_reports_and_capacity(cast: Cast) -> dict[str, str]:
    """A survey from outside, somebody's weeks ahead, and the proposal of the world with its move."""
    now = timezone.now()
    values = {"name": "Visitors", "wave": "May", "rows": 1, "imported_by": cast.adam, "imported_at": now}
    survey = ExternalSurvey.objects.create(**values)
    ExternalQuestion.objects.create(
        survey=survey, position=0, key="ALL", label="All in all", kind="csat", counts={"5": 1}
    )
    return {
        "outside/survey_id": str(survey.public_id),
        "people/person_id": str(cast.tom.public_id),
        "balance/proposal_id": str(BalanceProposal.objects.earliest("pk").public_id),
        "moves/move_id": str(BalanceMove.objects.earliest("pk").public_id),
    }


def _of_feedback(cast: Cast) -> dict[str, str]:
    """What Northwind asks for, its draft of a mail, its seat in a beta program, and a campaign."""
    now, day = timezone.now(), timezone.localdate()
    voice = FeedbackVoice.objects.filter(organization=cast.northwind).earliest("pk")
    values = {"organization": cast.northwind, "item": voice.item, "subject": "It is there", "body": "Hello"}
    note = ReleaseNote.objects.create(**values)
    by, days = cast.actor("adam"), {"starts_on": day, "ends_on": day}
    program = betas.make(by=by, values={"title": "Before all others", **days}, now=now)
    seat = betas.invite(by=by, program=program, organization=cast.northwind, now=now)
    campaign = campaigns.make(by=by, values={"name": "Spring", **days}, now=now)
    return {
        "feedback/item_id": str(voice.item.public_id),
        "voices/voice_id": str(voice.public_id),
        "release-notes/note_id": str(note.public_id),
        "betas/program_id": str(program.public_id),
        "seats/seat_id": str(seat.public_id),
        "betas/seat_id": str(seat.public_id),
        "campaigns/campaign_id": str(campaign.public_id),
        "issues/provider": "github",
    }

"""A world for the API as a whole: one of everything that an address can name, and calls as somebody."""

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.models import Absence, CalendarVersion, Export, Notification, SavedView, User, WorkCalendar
from accounts.services.tokens import create_token
from health.services import pulses
from partners.models import (
    Assignment,
    BalanceMove,
    BalanceProposal,
    BusinessReview,
    CadenceAgreement,
    Opportunity,
    Organization,
    Renewal,
    RevenueChange,
    ReviewDocument,
    ReviewSection,
    Touchpoint,
    Waiver,
    WaiverRequest,
)
from partners.services import feedback, gates, losses, record, stakeholders, submissions
from reports.models import ReportSubscription, SavedReport
from tests.cast import Cast
from tests.factories.alerts import make_episode
from tests.factories.articles import make_article
from tests.factories.enablement import enablement_rows
from tests.factories.incidents import make_incident
from tests.factories.partners import make_contact, make_customer, make_entry, make_grant, make_handoff, make_interaction
from tests.factories.plans import plan_rows
from tests.factories.tasks import make_commitment, make_note, make_run, make_task
from tests.factories.tickets import make_desk, make_ticket
from tests.partners import gate_world
from tests.partners.import_world import table, uploaded
from tickets.services.incident_updates import Said, post

MISSING = "00000000-0000-7000-8000-000000000000"
BASE = "/api/v1"
_WEEK = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


@dataclass
class ApiWorld:
    """`ids`: for each path parameter, in the order of the path's parts, an id that exists around Northwind."""

    cast: Cast
    ids: dict[str, str] = field(default_factory=dict)

    def path(self, pattern: str, *, missing: bool = False) -> str:
        """The address of a pattern of the description, filled with ids that exist or with none that does."""
        parts = []
        before = ""
        for part in pattern.strip("/").split("/"):
            if part.startswith("{"):
                name = part.strip("{}")
                stays = name in ("dimension", "name", "version")
                known = self.ids[name if stays or name in ("report_id", "kpi_id") else before]
                parts.append(MISSING if missing and not stays else known)
            else:
                parts.append(part)
                before = part
        return "/" + "/".join(parts) + "/"


def make_world(cast: Cast) -> ApiWorld:
    """Everything belongs to Northwind, where Tom and Ana are at home and Otto is a stranger."""
    organization, now = cast.northwind, timezone.now()
    make_entry(organization)
    make_customer(name="Through Northwind", via_partner=organization, owners={"tam": cast.tom})
    calendar = WorkCalendar.objects.create(name="Berlin")
    CalendarVersion.objects.create(
        calendar=calendar, number=1, effective_at=now - timedelta(days=9), timezone="Europe/Berlin", weekly=_WEEK
    )
    view = SavedView.objects.create(user=cast.adam, page="organizations", name="Mine", query="kind=partner")
    notice = Notification.objects.create(user=cast.adam, kind="owners", title="Told", key="told", created_at=now)
    ticket = make_ticket(make_desk(cast.sue), organization)
    incident = make_incident(cast.actor("sue"), ticket.queue, tickets=[ticket], now=now)
    update = post(by=cast.actor("sue"), incident=incident, said=Said(body="x", is_public=True), now=now)
    run = uploaded(cast.actor("adam"), "organizations", table(("id", "name"), ("1", "Alder")))
    item = feedback.add(
        by=cast.actor("adam"), organization=organization, values={"title": "Export", "kind": "idea"}, now=now
    )
    rows = {
        "organizations": organization,
        "contacts": make_contact(organization, name="Kim"),
        "stakeholders": stakeholders.assess(
            by=cast.actor("tom"), contact=cast.connie_contact, values={"influence": "high"}, now=now
        ),
        "record": record.write(
            by=cast.actor("tom"), organization=organization, key="objectives", values={"value": "Launch"}, now=now
        ),
        "interactions": make_interaction(organization, cast.tom),
        "assignments": Assignment.objects.active().get(organization=organization, role="tam"),
        "context-grants": make_grant(organization, cast.tom),
        **_gate_rows(cast),
        "tasks": make_task(organization, owner=cast.tom),
        "evidence": make_note(make_task(organization, owner=cast.tom), "Agreed", added_by=cast.tom),
        "commitments": make_commitment(organization, owner=cast.tom),
        "plays": make_run(organization),
        "handoffs": make_handoff(organization, cast.petra, cast.tom),
        "alerts": make_episode(organization, owner=cast.tom),
        "feedback": item,
        "voices": item.voices.get(),
        **plan_rows(organization),
        "losses": losses.record(
            by=cast.actor("adam"), organization=organization, values={"lost_on": now.date(), "reason": "price"}, now=now
        ),
        "opportunities": Opportunity.objects.create(
            organization=organization, title="More seats", amount=9, expected_on=now.date()
        ),
        "renewals": Renewal.objects.create(organization=organization, amount=9, due_on=now.date()),
        **_review_rows(organization),
        "revenue": RevenueChange.objects.create(
            organization=organization, on=now.date(), kind="new", amount=9, recorded_at=now
        ),
        **_balance_rows(cast),
        **enablement_rows(cast.connie_contact),
        "pulses": pulses.give(organization=organization, value="green", by=cast.actor("tom"), now=now),
        "touchpoints": Touchpoint.objects.create(
            organization=organization, kind="check_in", planned_on=now.date(), owner=cast.tom
        ),
        "cadence-agreements": CadenceAgreement.objects.create(
            organization=organization, touchpoint="check_in", every_days=10, starts_on=now.date(), reason="Asked for"
        ),
        "articles": make_article(audience="partner"),
        "tickets": ticket,
        "messages": ticket.messages.get(),
        "incidents": incident,
        "updates": update,
        "users": cast.tom,
        "teams": cast.tom.memberships.get().team,
        "calendars": calendar,
        "absences": Absence.objects.create(user=cast.tom, first_on=now.date(), last_on=now.date(), recorded_at=now),
        "saved-views": view,
        "exports": Export.objects.create(user=cast.adam, what="tickets", title="Tickets", format="csv", created_at=now),
        **_report_rows(cast),
        "notifications": notice,
        "imports": run,
    }
    ids = {name: str(row.public_id) for name, row in rows.items()}
    ids["sections"] = "health"
    ids["guides"] = "executive_sponsorship_validation"
    named = {"name": "access", "version": "1", "dimension": "partner_tier", "report_id": "tam", "kpi_id": "csat"}
    return ApiWorld(cast=cast, ids={**ids, **named})


def _report_rows(cast: Cast) -> dict[str, Any]:
    """A saved report of the administrator, by mail."""
    now = timezone.now()
    saved = SavedReport.objects.create(owner=cast.adam, name="Monday", report="tam", created_at=now, changed_at=now)
    mail = ReportSubscription.objects.create(user=cast.adam, saved=saved, zone="UTC", next_at=now, created_at=now)
    return {"saved-reports": saved, "report-subscriptions": mail}


def _review_rows(organization: Organization) -> dict[str, Any]:
    days = {"period_from": date(2026, 1, 1), "period_to": date(2026, 4, 1)}
    review = BusinessReview.objects.create(organization=organization, title="Q1", **days)
    own = {"organization": organization, "review": review}
    ReviewSection.objects.create(**own, key="health", place=0, built_at=timezone.now())
    document = ReviewDocument.objects.create(**own, edition="shared", format="pdf", content_hash="0")
    return {"reviews": review, "documents": document}


def _balance_rows(cast: Cast) -> dict[str, Any]:
    proposal = BalanceProposal.objects.create(role="tam", made_by=cast.adam, made_at=timezone.now())
    of_proposal = {"proposal": proposal, "organization": cast.northwind, "giver": cast.tom, "receiver": cast.otto}
    return {"balance-proposals": proposal, "moves": BalanceMove.objects.create(hours=2, **of_proposal)}


def _gate_rows(cast: Cast) -> dict[str, Any]:
    """Northwind at its gate: drafted, submitted, with a waiver."""
    now, petra = timezone.now(), cast.actor("petra")
    review = gates.open_review(organization=cast.northwind, now=now)
    draft = gate_world.drafted(cast.northwind, petra, now=now)
    waiver = Waiver.objects.create(
        organization=cast.northwind,
        stage="gate_3",
        criterion="section:phase-3a-operational-readiness",
        reason="Agreed",
        granted_by=cast.adam,
        granted_at=now,
        expires_at=now + timedelta(days=9),
    )
    submission = submissions.submit(draft=draft, by=petra, now=now)
    asked = WaiverRequest.objects.create(
        organization=cast.northwind,
        review=review,
        criterion="section:phase-3b-launch-validation",
        reason="Later",
        asked_by=cast.petra,
        asked_at=now,
    )
    rows = {"gates": review, "drafts": draft, "submissions": submission, "waivers": waiver}
    return {**rows, "waiver-requests": asked}


def token_of(user: User, scope: str = "write") -> str:
    now = timezone.now()
    _token, secret = create_token(user=user, name="test", scope=scope, expires_at=now + timedelta(days=1), now=now)
    return secret


def call(user: User, method: str, path: str, body: Any = None, *, scope: str = "write", **headers: str) -> Any:
    """A call with a personal token."""
    return Client().generic(
        method.upper(),
        path,
        data=b"" if body is None else json.dumps(body).encode(),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token_of(user, scope)}", **headers},
    )

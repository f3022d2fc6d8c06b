"""Use cases of campaigns: planned, looked at, started, ended. What a start writes down is asked by `surveys.send_due`.

A campaign goes to contacts of all organizations, so that those run it who see them all. Safe to start twice: a person
is asked once in a campaign, since the occasion names both.
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules.access import Actor, visibility_terms
from accounts.services import activity
from common.errors import Conflict, DomainError, Missing, NotAllowed
from partners.choices import ContactRole, Stage
from partners.models import SurveyCampaign, SurveyRequest
from partners.rules.campaigns import Lot
from partners.selectors.campaign_people import lot_of
from partners.services.feedback import MANAGE
from partners.services.validation import check_fields, clean
from partners.survey_choices import CampaignState, SurveyKind, SurveyState
from partners.survey_policy import CAMPAIGN, policy_in_force

FIELDS = frozenset({"name", "share", "stages", "contact_roles", "starts_on", "ends_on"})


def may_run(actor: Actor) -> bool:
    """Who manages feedback and sees every organization."""
    return actor.is_staff and actor.has(MANAGE) and visibility_terms(actor).everything


@transaction.atomic
def make(*, by: Actor, values: Mapping[str, Any], now: datetime) -> SurveyCampaign:
    """Plan a campaign. Raises NotAllowed, DomainError with `field`."""
    _require(by)
    check_fields(values, FIELDS)
    made = SurveyCampaign(created_by_id=by.user_id, kind=SurveyKind.NPS, **values)
    _check(made)
    made.save()
    _record(by, "made", made, now, {"name": [None, made.name]})
    return made


@transaction.atomic
def edit(
    *, by: Actor, campaign: SurveyCampaign, values: Mapping[str, Any], version: int | None = None, now: datetime
) -> SurveyCampaign:
    """Change a draft. Raises NotAllowed, Missing, Conflict, DomainError with `field`; "started"."""
    check_fields(values, FIELDS)
    locked = _locked(by, campaign, CampaignState.DRAFT, version)
    before = {name: getattr(locked, name) for name in values}
    for name, value in values.items():
        setattr(locked, name, value)
    _check(locked)
    _save(locked, *values)
    _record(by, "edited", locked, now, activity.changes_between(before, values))
    return locked


def preview(*, by: Actor, campaign: SurveyCampaign, now: datetime) -> Lot:
    """Who would be asked now, and who is spared and why. Raises NotAllowed, DomainError "no_policy"."""
    _require(by)
    return lot_of(campaign, policy_in_force().nps, now=now)


@transaction.atomic
def start(*, by: Actor, campaign: SurveyCampaign, version: int | None = None, now: datetime) -> SurveyCampaign:
    """Write down whom to ask from its first day on. Raises NotAllowed, Missing, Conflict; DomainError: "started",
    "nobody" to ask, "over"."""
    locked = _locked(by, campaign, CampaignState.DRAFT, version)
    if locked.ends_on < _today(now):
        raise DomainError(_("Its last day has passed: give it other days."), field="ends_on", code="over")
    lot = lot_of(locked, policy_in_force().nps, now=now)
    if not lot.asked:
        raise DomainError(_("Nobody would be asked: look at who is spared, and why."), code="nobody")
    due_at = max(now, datetime.combine(locked.starts_on, time(9), tzinfo=timezone.get_default_timezone()))
    rows = [
        SurveyRequest(
            organization_id=person.organization_id,
            contact_id=person.contact_id,
            kind=locked.kind,
            subject_type=CAMPAIGN,
            subject_id=locked.pk,
            subject_key=locked.name[:40],
            occasion=f"campaign:{locked.pk}:{person.contact_id}",
            occurred_at=now,
            due_at=due_at,
            state=SurveyState.WAITING if why is None else SurveyState.SKIPPED,
            reason=why.value if why is not None else "",
        )
        for person, why in lot.people
    ]
    SurveyRequest.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    locked.state, locked.started_at = CampaignState.RUNNING, now
    locked.asked, locked.spared = lot.asked, len(lot.people) - lot.asked
    _save(locked, "state", "started_at", "asked", "spared")
    _record(by, "started", locked, now, {"asked": [0, lot.asked], "spared": [0, locked.spared]})
    return locked


@transaction.atomic
def end(*, by: Actor, campaign: SurveyCampaign, version: int | None = None, now: datetime) -> SurveyCampaign:
    """Ask nobody else; links that are out can be answered as long as they hold. Raises NotAllowed, Missing, Conflict,
    DomainError "not_running"."""
    locked = _locked(by, campaign, CampaignState.RUNNING, version)
    _end(locked, now)
    _record(by, "ended", locked, now, {"state": [CampaignState.RUNNING.value, locked.state]})
    return locked


@transaction.atomic
def end_due(*, now: datetime) -> int:
    """End those whose last day has passed. How many; the caller sees all organizations."""
    rows = SurveyCampaign.objects.select_for_update(skip_locked=True).filter(
        state=CampaignState.RUNNING, ends_on__lt=_today(now)
    )
    due = list(rows.order_by("pk")[:50])
    for row in due:
        _end(row, now)
        activity.record(verb="campaign.ended", target=row, target_name=row.name, now=now)
    return len(due)


def _end(campaign: SurveyCampaign, now: datetime) -> None:
    rows = SurveyRequest.objects.filter(subject_type=CAMPAIGN, subject_id=campaign.pk)
    rows.filter(state=SurveyState.WAITING).update(state=SurveyState.CANCELLED, updated_at=now)
    counts = dict(rows.order_by().values_list("state").annotate(count=Count("pk")))
    campaign.asked, campaign.spared = counts.get(SurveyState.SENT, 0), counts.get(SurveyState.SKIPPED, 0)
    campaign.state = CampaignState.ENDED
    _save(campaign, "state", "asked", "spared")


def _today(now: datetime) -> date:
    return timezone.localdate(now, timezone.get_default_timezone())


def _require(by: Actor) -> None:
    if not may_run(by):
        raise NotAllowed(_("Campaigns are run by those who manage feedback and see every organization."))


def _locked(by: Actor, campaign: SurveyCampaign, state: CampaignState, version: int | None) -> SurveyCampaign:
    _require(by)
    found: SurveyCampaign | None = SurveyCampaign.objects.select_for_update().filter(pk=campaign.pk).first()
    if found is None:
        raise Missing(_("This campaign does not exist."))
    if version is not None and version != found.version:
        message = _("Somebody changed this while you were at it.")
        raise Conflict(message, version=found.version, current={"state": found.state})
    if found.state != state:
        if state == CampaignState.DRAFT:
            raise DomainError(_("This campaign was started already."), code="started")
        raise DomainError(_("This campaign does not run."), code="not_running")
    return found


def _check(campaign: SurveyCampaign) -> None:
    campaign.name = " ".join(campaign.name.replace("\0", "").split())
    if not campaign.name:
        raise DomainError(_("Give it a name."), field="name", code="no_name")
    if not isinstance(campaign.starts_on, date) or not isinstance(campaign.ends_on, date):
        raise DomainError(_("Give the first and the last day."), field="starts_on", code="no_days")
    if campaign.ends_on < campaign.starts_on:
        raise DomainError(_("The last day lies before the first."), field="ends_on", code="backwards")
    if not 1 <= campaign.share <= 100:
        raise DomainError(_("Use a share from 1 to 100 percent."), field="share", code="off_scale")
    for name, known in (("stages", Stage), ("contact_roles", ContactRole)):
        if set(getattr(campaign, name)) - set(known.values):
            raise DomainError(_("Choose among those offered."), field=name, code="unknown")
    clean(campaign, {"name"})


def _save(campaign: SurveyCampaign, *fields: str) -> None:
    campaign.version += 1
    campaign.save(update_fields=[*fields, "version", "updated_at"])


def _record(by: Actor, verb: str, campaign: SurveyCampaign, now: datetime, changes: Mapping[str, Any]) -> None:
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb=f"campaign.{verb}",
        target=campaign,
        target_name=campaign.name,
        changes={
            name: [one.isoformat() if isinstance(one, date) else one for one in pair] for name, pair in changes.items()
        },
        now=now,
    )

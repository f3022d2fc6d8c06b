"""What the 60-second form offers: their people, templates, meetings that it may have been, and one's own draft."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from common.templatetags.format import spell_day
from partners import cadence_policy
from partners.interaction_offers import FormOffer, Meeting
from partners.interaction_policy import skeletons
from partners.models import Contact, InteractionDraft, Touchpoint
from partners.selectors.page import OrganizationPage
from partners.work_choices import TouchpointState
from partners.work_permissions import can_arrange

MAX_PEOPLE = 60
BEFORE, AHEAD = timedelta(days=21), timedelta(days=7)
_MOST_MEETINGS = 12


def form_offer(page: OrganizationPage) -> FormOffer:
    """Five statements at most. The caller has made sure that the reader may log here."""
    may_promise = can_arrange(page.actor, page.organization, subject=page.subject)
    drafts = InteractionDraft.objects.visible_to(page.actor).filter(
        organization_id=page.row.pk, user_id=page.actor.user_id or 0
    )
    draft = drafts.first()
    return FormOffer(
        people=_people(page),
        skeletons=skeletons(),
        meetings=_meetings(page, own_only=not may_promise),
        may_promise=may_promise,
        draft=draft.values if draft else {},
        saved_at=draft.saved_at if draft else None,
    )


def _people(page: OrganizationPage) -> list[Contact]:
    found = Contact.objects.visible_to(page.actor).filter(organization_id=page.row.pk, archived_at__isnull=True)
    return list(found.only("pk", "public_id", "name", "is_primary", "organization_id")[:MAX_PEOPLE])


def _meetings(page: OrganizationPage, *, own_only: bool) -> list[Meeting]:
    """Planned ones near today, the nearest in the past first in mind: by day."""
    today = timezone.localdate(page.now, ZoneInfo(page.organization.timezone))
    rows = Touchpoint.objects.visible_to(page.actor).filter(
        organization_id=page.row.pk,
        state=TouchpointState.PLANNED,
        planned_on__gte=today - BEFORE,
        planned_on__lte=today + AHEAD,
    )
    if own_only:
        rows = rows.filter(owner_id=page.actor.user_id)
    found = list(rows.select_related("organization").order_by("planned_on", "pk")[:_MOST_MEETINGS])
    policy = cadence_policy.policy_in_force() if found else None
    return [
        Meeting(touchpoint=row, label=f"{cadence_policy.kind_label(policy, row.kind)}, {spell_day(row.planned_on)}")
        for row in found
    ]

"""A stay in a stage begins with an open review of its gate, pinned to the journey's version that is in force then."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from accounts.services.activity import Happening
from common.errors import DomainError
from common.jobs import enqueue_on_commit
from partners.choices import OrganizationKind
from partners.journey_policy import journey_in_force
from partners.models import GateReview, Organization
from partners.services import checklists
from partners.services.locking import lock_organization

CHUNK = 100


@transaction.atomic
def open_review(*, organization: Organization, now: datetime, by: Actor | None = None) -> GateReview:
    """The open review of the stage that an organization is in; made if there is none, with the stage's checklist.

    It begins when the stay began. Raises DomainError "no_journey" while no journey of its kind is loaded, and
    "other_gate" where the gate of another stage is still open.
    """
    review = _opened(lock_organization(organization), by=by, now=now)
    if review is None:
        raise DomainError(_("No journey is loaded for this kind of organization."), code="no_journey")
    return review


def begin_stay(
    *, organization: Organization, now: datetime, by: Actor | None = None, is_new: bool = False
) -> GateReview | None:
    """What making and moving an organization call, with its lock: opens its review, or leaves that to `open_missing`.

    `is_new` says that it has just come here, so that no review can be open. A hub without journeys still takes
    organizations in; the periodic job opens their gates once there is one. A worker forecasts what lies ahead from
    there.
    """
    enqueue_on_commit("partners.forecast_stale")
    return _made(organization, by=by, now=now) if is_new else _opened(organization, by=by, now=now)


def _opened(organization: Organization, *, by: Actor | None, now: datetime) -> GateReview | None:
    """The open review, made if there is none; None while no journey of its kind is loaded."""
    found: GateReview | None = GateReview.objects.filter(organization=organization, decided_at__isnull=True).first()
    if found is not None:
        if found.stage != organization.stage:
            raise DomainError(_("The gate of an earlier stage is still open."), code="other_gate")
        return found
    return _made(organization, by=by, now=now)


def _made(organization: Organization, *, by: Actor | None, now: datetime) -> GateReview | None:
    """An open review where there is none; None while no journey of its kind is loaded."""
    journey = journey_in_force(organization.kind)
    if journey is None:
        return None
    review: GateReview = GateReview.objects.create(
        organization=organization,
        stage=organization.stage,
        journey_version=journey.version,
        opened_at=organization.stage_entered_at,
    )
    _begin([review], by=by, now=now)
    return review


@transaction.atomic
def open_missing(*, now: datetime, limit: int = CHUNK) -> int:
    """Open the gates of up to `limit` organizations that have none open (after an import or an upgrade); how many.

    Zero says that none is missing. Safe to run twice, and by several workers: taken rows are skipped.
    """
    versions = {kind: journey.version for kind in OrganizationKind.values if (journey := journey_in_force(kind))}
    under_way = GateReview.objects.filter(organization=OuterRef("pk"), decided_at__isnull=True)
    waiting = Organization.objects.current().filter(~Exists(under_way), kind__in=sorted(versions)).order_by("pk")
    rows = list(waiting.select_for_update(no_key=True, skip_locked=True, of=("self",))[:limit])
    reviews = GateReview.objects.bulk_create(
        GateReview(
            organization=row, stage=row.stage, journey_version=versions[row.kind], opened_at=row.stage_entered_at
        )
        for row in rows
    )
    _begin(reviews, by=None, now=now)
    return len(reviews)


def _begin(reviews: Sequence[GateReview], *, by: Actor | None, now: datetime) -> None:
    """What goes along with a review: a line of the trail, and the tasks that the stage brings."""
    activity.record_many(
        verb="gate.opened",
        happenings=[
            Happening(target=review, organization_id=review.organization_id, changes={"stage": [None, review.stage]})
            for review in reviews
        ],
        actor_id=by.user_id if by else None,
        actor_name=by.name if by else "",
        now=now,
    )
    checklists.bring_all(reviews=reviews, now=now, are_new=True)

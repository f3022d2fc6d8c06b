"""Use cases of the documentation hub: rows follow the pack, somebody keeps each guide and looks it over in time."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.labels import role_phrase
from accounts.models import User
from accounts.rules.access import Actor
from accounts.services import activity
from accounts.services.notifications import notify
from common.errors import Conflict, DomainError, Missing, NotAllowed
from partners import guide_policy, notices
from partners.guide_policy import words
from partners.models import Guide
from partners.rules import guides as rules
from partners.rules.guides import GuidePolicy


@transaction.atomic
def sync(policy: GuidePolicy, *, now: datetime) -> None:
    """Bring the rows in line with a pack that has come into force; what it has no more is retired, not deleted.

    A new guide is to be looked over as if it had been today. Three statements at most.
    """
    today = now.date()
    known = {row.key: row for row in Guide.objects.select_for_update()}
    stages = {guide.id: section.stage for section in policy.sections for guide in section.guides}
    new = [
        Guide(key=key, stage=stages[key], review_due_on=rules.review_due_on(guide, reviewed_on=today))
        for key, guide in policy.guides.items()
        if key not in known
    ]
    changed = []
    for key, row in known.items():
        wanted = (stages.get(key, row.stage), None if key in stages else row.retired_at or now)
        if (row.stage, row.retired_at) != wanted:
            row.stage, row.retired_at = wanted
            changed.append(row)
    Guide.objects.bulk_create(new)
    Guide.objects.bulk_update(changed, ["stage", "retired_at"])


@transaction.atomic
def mark_reviewed(*, by: Actor, key: str, now: datetime) -> Guide:
    """It was looked over and still holds; the next time is counted from today. Raises Missing, NotAllowed."""
    row, guide = _locked(by, key)
    before, today = row.review_due_on, timezone.localdate(now)
    row.reviewed_on, row.reviewed_by_id = today, by.user_id
    row.review_due_on = rules.review_due_on(guide, reviewed_on=today)
    row.version += 1
    row.save(update_fields=["reviewed_on", "reviewed_by", "review_due_on", "version"])
    _record("reviewed", row, guide, by=by, now=now, changes={"review_due_on": [before, row.review_due_on]})
    return row


@transaction.atomic
def assign(*, by: Actor, key: str, owner: User | None, version: int | None = None, now: datetime) -> Guide:
    """Give a guide to somebody of its owner role to keep, or to nobody.

    Raises Missing, NotAllowed, DomainError; Conflict if it is no longer as it was in `version`.
    """
    row, guide = _locked(by, key)
    if version is not None and row.version != version:
        current = {"owner": row.owner.public_id if row.owner else None}
        raise Conflict(_("Somebody changed this guide while you were at it."), version=row.version, current=current)
    if owner is not None and (not owner.is_active or guide.owner_role not in owner.current_roles()):
        said = {"name": owner.name, "role": role_phrase(guide.owner_role)}
        message = _("%(name)s is not %(role)s, who keeps this guide.") % said
        raise DomainError(message, field="owner", code="role_not_held")
    before = row.owner_id
    if before == (owner.pk if owner else None):
        return row
    row.owner = owner
    row.version += 1
    row.save(update_fields=["owner", "version"])
    _record("assigned", row, guide, by=by, now=now, changes={"owner": [before, row.owner_id]})
    if owner is not None and owner.pk != by.user_id:
        title = _("You keep the guide %(title)s now") % {"title": words(guide.title)}
        _tell(row, owner.pk, title, key=f"kept:{row.version}", now=now)
    return row


def remind_overdue(*, now: datetime) -> int:
    """Tell owners of guides whose review is overdue, once a due day; returns how many there are."""
    policy, today = guide_policy.policy_in_force(), timezone.localdate(now)
    rows = Guide.objects.filter(retired_at__isnull=True, review_due_on__lt=today, owner__is_active=True)
    late = [row for row in rows.order_by("review_due_on", "pk") if row.key in policy.guides]
    for row in late:
        title = _("The guide %(title)s is to be looked over") % {"title": words(policy.guides[row.key].title)}
        _tell(row, row.owner_id, title, key=f"late:{row.review_due_on}", now=now)
    return len(late)


def can_keep(by: Actor, row: Guide | None, guide: rules.Guide) -> bool:
    """Its owner, everybody of its owner role, and who keeps the policies."""
    is_own = row is not None and row.owner_id is not None and row.owner_id == by.user_id
    return is_own or guide.owner_role in by.active_roles or by.has("manage_policies")


def is_overdue(row: Guide | None, today: date) -> bool:
    return row is not None and row.review_due_on is not None and row.review_due_on < today


def _locked(by: Actor, key: str) -> tuple[Guide, rules.Guide]:
    guide = guide_policy.policy_in_force().guides.get(key)
    row: Guide | None = Guide.objects.visible_to(by).select_for_update().filter(key=key).first()
    if guide is None or row is None:
        raise Missing(_("There is no such guide."))
    if not can_keep(by, row, guide):
        said = {"role": role_phrase(guide.owner_role)}
        raise NotAllowed(_("Its owner, %(role)s or an administrator keeps this guide.") % said)
    return row, guide


def _record(
    verb: str, row: Guide, guide: rules.Guide, *, by: Actor, now: datetime, changes: dict[str, list[object]]
) -> None:
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb=f"guide.{verb}",
        target=row,
        target_name=words(guide.title),
        changes=changes,
        now=now,
    )


def _tell(row: Guide, user_id: int | None, title: str, *, key: str, now: datetime) -> None:
    if user_id is not None:
        notify(
            user_ids=[user_id],
            kind=notices.GUIDES,
            title=title,
            key=f"guide:{row.pk}:{key}",
            now=now,
            target_type="guide",
            target_id=row.pk,
        )

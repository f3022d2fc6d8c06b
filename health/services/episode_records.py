"""What every change of an episode leaves behind: a line of its history, the audit trail, the timeline, a notice."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from accounts.services.notifications import Notice, NoticeKind, notify_each
from health import alert_notices
from health.alert_policy import alert_policy, rule_label
from health.alert_querysets import COMMERCIAL_CAUSES
from health.models import Episode, EpisodeEntry
from partners.choices import EntryKind
from partners.models import TimelineEntry
from partners.services import timeline


def entry(
    episode: Episode,
    kind: str,
    *,
    now: datetime,
    by: Actor | None = None,
    body: str = "",
    facts: Mapping[str, Any] | None = None,
) -> EpisodeEntry:
    """A line of the history that is not written yet."""
    return EpisodeEntry(
        organization_id=episode.organization_id,
        episode=episode,
        kind=kind,
        at=now,
        by_id=by.user_id if by is not None else None,
        body=body,
        facts=dict(facts or {}),
    )


def write(entries: Iterable[EpisodeEntry]) -> None:
    """Write lines of histories, one statement for five hundred."""
    EpisodeEntry.objects.bulk_create(entries, batch_size=500)


def record(
    verb: str, episode: Episode, *, now: datetime, by: Actor | None, changes: Mapping[str, Any], reason: str = ""
) -> None:
    """A row of the audit trail."""
    activity.record(
        actor_id=by.user_id if by is not None else None,
        actor_name=by.name if by is not None else "",
        verb=f"episode.{verb}",
        target=episode,
        target_name=_("Alert on %(name)s") % {"name": episode.organization.name},
        changes=changes,
        now=now,
        reason=reason,
    )


def line(
    sentence: str, episode: Episode, *, now: datetime, by: Actor | None, body: str = "", title: str = ""
) -> TimelineEntry:
    """A line of the organization's story that is not written yet."""
    return timeline.line(
        organization=episode.organization,
        kind=EntryKind.HEALTH,
        title=sentence % {"title": title or title_of(episode)},
        body=body,
        at=now,
        by=by,
        data={"episode": str(episode.public_id), "state": episode.state, "cause": episode.cause},
        target=episode,
    )


def title_of(episode: Episode) -> str:
    """What the episode is about, in the words of the rule that weighs most; neutral where the cause is commercial."""
    if episode.cause in COMMERCIAL_CAUSES:
        return _("A commercial figure needs a look")
    return rule_label(alert_policy(), episode.rule)


def notice(user_id: int, sentence: str, episode: Episode, *, key: str, body: str = "", title: str = "") -> Notice:
    """A notice of an episode for one person."""
    return Notice(
        user_id=user_id,
        title=sentence % {"title": title or title_of(episode), "name": episode.organization.name},
        body=body or episode.organization.name,
        key=f"episode:{episode.pk}:{key}",
        target_type="episode",
        target_id=episode.pk,
        organization_id=episode.organization_id,
    )


def tell(
    user_ids: Iterable[int | None],
    sentence: str,
    episode: Episode,
    *,
    by: Actor | None,
    now: datetime,
    kind: NoticeKind = alert_notices.ALERT_NEWS,
) -> None:
    """Tell people of a change, but not who made it."""
    actor_id = by.user_id if by is not None else None
    people = {user_id for user_id in user_ids if user_id is not None} - {actor_id}
    if people:
        notes = [notice(user_id, sentence, episode, key=str(episode.version)) for user_id in sorted(people)]
        notify_each(notes, kind=kind, now=now)

"""Plays that begin from an episode, and what they did to health: when they began, at their end, and some time later."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.errors import DomainError
from health.alert_choices import EpisodeEntryKind, EpisodeState
from health.models import Episode, HealthState, PlayEffect, Snapshot
from health.rules.play_effects import Stand, has_recovered
from health.services import episode_records as records
from health.services import episodes
from partners.models import PlayRun
from partners.services import plays, timeline

_CHUNK = 200
_REVIEW_AFTER = 30
_UNKNOWN = Stand(band="", score=None)


@transaction.atomic
def start(*, by: Actor, episode: Episode, play: str, reason: str, version: int | None = None, now: datetime) -> Episode:
    """Start a play as the answer to an episode; one that is running on the organization already is joined.

    Raises NotAllowed, Conflict; DomainError "state" for a closed one, "playing" while its own play is running, and
    those of plays.start.
    """
    locked = episodes.locked_for(by, episode, version)
    if locked.state == EpisodeState.CLOSED:
        raise DomainError(_("This alert is closed already."), code="state")
    if locked.play_run_id is not None and PlayRun.objects.filter(pk=locked.play_run_id, ended_at=None).exists():
        raise DomainError(_("A play is running for this alert already."), field="play", code="playing")
    running = PlayRun.objects.filter(organization=locked.organization, play=play, ended_at__isnull=True).first()
    run = running or plays.start(by=by, organization=locked.organization, play=play, reason=reason, now=now)
    stand = _stand_now(locked.organization_id)
    PlayEffect.objects.get_or_create(
        run=run,
        defaults={
            "organization": locked.organization,
            "episode": locked,
            "play": run.play,
            "began_at": now,
            "began_score": stand.score,
            "began_band": stand.band,
        },
    )
    episodes.play_started(locked, run, by=by, now=now)
    records.record("play_started", locked, now=now, by=by, changes={"play": [None, run.play]})
    facts = {"run": str(run.public_id), "title": run.title}
    records.write([records.entry(locked, EpisodeEntryKind.PLAY, now=now, by=by, body=reason.strip(), facts=facts)])
    timeline.push_many([records.line(_("Play started for the alert: %(title)s"), locked, now=now, by=by)])
    return locked


@transaction.atomic
def measure(*, now: datetime) -> int:
    """Note how health stood at the end of plays, and at their review; returns how many were noted.

    Safe to repeat: each is noted once.
    """
    return _note_ends() + _note_reviews(now)


def _note_ends() -> int:
    ended = PlayEffect.objects.filter(ended_at__isnull=True, run__ended_at__isnull=False)
    rows = list(ended.select_related("run").select_for_update(of=("self",), skip_locked=True).order_by("pk")[:_CHUNK])
    for row in rows:
        end = row.run.ended_at
        day = timezone.localdate(end, timezone.get_default_timezone())
        stand = stand_on(row.organization_id, day)
        play = plays.play_of(row.run)
        row.ended_at, row.ended_band, row.ended_score = end, stand.band, stand.score
        row.review_on = day + timedelta(days=play.review_after_days if play is not None else _REVIEW_AFTER)
    PlayEffect.objects.bulk_update(rows, ["ended_at", "ended_band", "ended_score", "review_on"])
    return len(rows)


def _note_reviews(now: datetime) -> int:
    today = timezone.localdate(now, timezone.get_default_timezone())
    due = PlayEffect.objects.filter(reviewed_at__isnull=True, review_on__lte=today)
    rows = list(due.select_for_update(skip_locked=True).order_by("pk")[:_CHUNK])
    for row in rows:
        stand = stand_on(row.organization_id, row.review_on or today)
        row.reviewed_at, row.reviewed_band, row.reviewed_score = now, stand.band, stand.score
        row.has_recovered = has_recovered(Stand(band=row.began_band, score=row.began_score), stand)
    PlayEffect.objects.bulk_update(rows, ["reviewed_at", "reviewed_band", "reviewed_score", "has_recovered"])
    return len(rows)


def _stand_now(organization_id: int) -> Stand:
    found = HealthState.objects.main().filter(organization_id=organization_id).first()
    return Stand(band=found.band, score=found.score) if found is not None else _UNKNOWN


def stand_on(organization_id: int, day: date) -> Stand:
    """The band shown and the score at the end of a day: those of the last snapshot until then."""
    rows = Snapshot.objects.filter(organization_id=organization_id, is_main=True, day__lte=day).newest_first()
    found = rows.values_list("band", "score").first()
    return Stand(band=found[0], score=found[1]) if found is not None else _UNKNOWN

"""The page of an episode: its signals with their receipts, its history, its play, and the plays that may begin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.labels import role_short_label
from accounts.models import User
from accounts.rules.access import Actor, FieldClass, Subject
from common.templatetags.format import spell_day
from health.alert_choices import EpisodeEntryKind, EpisodeOutcome, HeldBack
from health.alert_policy import rule_label
from health.alert_words import SEVERITY_TONES, signal_words
from health.models import Episode, EpisodeEntry, EpisodeSignal, PlayEffect
from health.policies import HealthPolicies
from health.rules.alert_packs import AlertPolicy
from health.selectors.episode_rows import FIELDS, EpisodeRow, episode_rows, with_row_facts
from partners import permissions
from partners.models import Contact, PlayRun, Task
from partners.rules.plays import PlayPolicy
from partners.selectors.plays import OfferedPlay, offered
from partners.selectors.task_rows import TaskRow, read_rows

MOST = 100


@dataclass(frozen=True, kw_only=True)
class SignalLine:
    """One signal; `receipt_url` opens the health of that day as it was computed."""

    rule: str
    words: str
    tone: str
    at: datetime
    day: date
    receipt_url: str


@dataclass(frozen=True, kw_only=True)
class EntryLine:
    """One line of the history; `who` empty: the hub."""

    kind: str
    label: str
    icon: str
    at: datetime
    who: str
    body: str


@dataclass(frozen=True, kw_only=True)
class EpisodePage:
    """Everything of an episode that its reader sees."""

    episode: Episode
    row: EpisodeRow
    signals: tuple[SignalLine, ...]
    entries: tuple[EntryLine, ...]
    run: PlayRun | None
    steps: tuple[TaskRow, ...]
    effect: PlayEffect | None
    closed_label: str
    role_label: str
    answered_by: str


_ICONS: Mapping[str, str] = {
    EpisodeEntryKind.OPENED: "bell",
    EpisodeEntryKind.SIGNAL: "activity",
    EpisodeEntryKind.RECOVERED: "trending-up",
    EpisodeEntryKind.TOLD: "send",
    EpisodeEntryKind.HELD_BACK: "inbox",
    EpisodeEntryKind.WARNED: "clock",
    EpisodeEntryKind.BREACHED: "clock-exclamation",
    EpisodeEntryKind.ACKNOWLEDGED: "check",
    EpisodeEntryKind.ACTED: "player-play",
    EpisodeEntryKind.PLAY: "player-play",
    EpisodeEntryKind.SNOOZED: "clock-pause",
    EpisodeEntryKind.WOKEN: "bell",
    EpisodeEntryKind.ASSIGNED: "user",
    EpisodeEntryKind.NOTE: "note",
    EpisodeEntryKind.CLOSED: "circle-check",
    EpisodeEntryKind.REOPENED: "arrow-back-up",
}


def episode_of(actor: Actor, public_id: UUID) -> Episode | None:
    """The episode if its reader opens the organization; foreign and missing give the same None. One statement."""
    related = ("organization", "owner", "answered_by", "play_run", "closed_by")
    rows = Episode.objects.visible_to(actor).select_related(*related)
    found: Episode | None = rows.filter(public_id=public_id).first()
    return found


def episode_page(
    actor: Actor,
    episode: Episode,
    *,
    policy: AlertPolicy | None,
    health: HealthPolicies,
    subject: Subject,
    now: datetime,
) -> EpisodePage:
    """The page. Five statements, and one where a play runs."""
    found = with_row_facts(Episode.objects.visible_to(actor).filter(pk=episode.pk), actor).values(*FIELDS)
    (row,) = episode_rows(found, actor=actor, policy=policy, now=now)
    opens = permissions.may_read_fields(actor, episode.organization, FieldClass.COMMERCIAL, subject=subject)
    run = episode.play_run
    steps = Task.objects.visible_to(actor).current().filter(play_run=run) if run is not None else None
    return EpisodePage(
        episode=episode,
        row=row,
        signals=tuple(_signals(actor, episode, policy, health, opens)),
        entries=tuple(_entries(actor, episode)),
        run=run,
        steps=tuple(read_rows(steps, actor=actor, now=now, limit=MOST)) if steps is not None else (),
        effect=PlayEffect.objects.visible_to(actor).filter(run=run).first() if run is not None else None,
        closed_label=str(EpisodeOutcome(episode.outcome).label) if episode.outcome else "",
        role_label=role_short_label(episode.owner_role) if episode.owner_role else "",
        answered_by=episode.answered_by.name if episode.answered_by is not None else "",
    )


def _signals(
    actor: Actor, episode: Episode, policy: AlertPolicy | None, health: HealthPolicies, opens: bool
) -> Iterable[SignalLine]:
    rows = list(EpisodeSignal.objects.visible_to(actor).filter(episode=episode)[:MOST])
    wanted = {pk for row in rows for pk in row.facts.get("contacts", ())}
    contacts = Contact.objects.visible_to(actor).filter(pk__in=wanted) if wanted else Contact.objects.none()
    people = dict(contacts.values_list("pk", "name"))
    path = reverse("health:organization", args=[episode.organization.public_id])
    for row in rows:
        query = urlencode({"day": row.day.isoformat(), "occasion": row.occasion})
        yield SignalLine(
            rule=rule_label(policy, row.rule),
            words=signal_words(row.kind, row.facts, health, with_commercial=opens, people=people),
            tone=SEVERITY_TONES.get(row.severity, "neutral"),
            at=row.at,
            day=row.day,
            receipt_url=f"{path}?{query}" if row.card else "",
        )


def _entries(actor: Actor, episode: Episode) -> Iterable[EntryLine]:
    rows = EpisodeEntry.objects.visible_to(actor).filter(episode=episode).select_related("by")[:MOST]
    found = list(rows)
    wanted = {row.facts["owner"] for row in found if row.facts.get("owner")}
    names = dict(User.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}
    for row in found:
        yield EntryLine(
            kind=row.kind,
            label=_label(row, names),
            icon=_ICONS.get(row.kind, "info-circle"),
            at=row.at,
            who=row.by.name if row.by is not None else "",
            body=str(HeldBack(row.body).label) if row.kind == EpisodeEntryKind.HELD_BACK else row.body,
        )


def _label(row: EpisodeEntry, names: Mapping[int, str]) -> str:
    facts: Mapping[str, Any] = row.facts
    if row.kind == EpisodeEntryKind.ASSIGNED:
        name = names.get(facts.get("owner") or 0, "")
        return _("Given to %(name)s") % {"name": name} if name else _("Nobody's for now")
    if row.kind == EpisodeEntryKind.CLOSED and facts.get("outcome") in EpisodeOutcome.values:
        return _("Closed: %(outcome)s") % {"outcome": EpisodeOutcome(facts["outcome"]).label}
    if row.kind == EpisodeEntryKind.SNOOZED and facts.get("until"):
        return _("Put off until %(day)s") % {"day": spell_day(datetime.fromisoformat(facts["until"]).date())}
    if row.kind == EpisodeEntryKind.PLAY and facts.get("title"):
        return _("Play started: %(title)s") % {"title": facts["title"]}
    return str(EpisodeEntryKind(row.kind).label)


def plays_to_start(plays: PlayPolicy | None, episode: Episode, rule_play: str, *, may_start: Any) -> list[OfferedPlay]:
    """The plays that the reader may start here, the one that the rule names first."""
    if plays is None:
        return []
    organization = episode.organization
    fitting = [
        play
        for play in plays.plays.values()
        if organization.kind in play.kinds and organization.stage in play.stages and may_start(play)
    ]
    fitting.sort(key=lambda play: play.id != rule_play)
    running = PlayRun.objects.filter(organization=organization, ended_at__isnull=True) if fitting else None
    return offered(fitting, running.values_list("play", flat=True) if running is not None else ())

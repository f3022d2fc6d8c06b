"""Use cases of episodes: acknowledge, act, put off, give on, note, close with an outcome, open again.

Lock order: the organization, then the episode. Its clock runs on while it is put off; only an answer stops it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import actor_for
from accounts.models import User
from accounts.rules.access import Actor
from accounts.services.notifications import NoticeKind
from common.errors import Conflict, DomainError, Missing, NotAllowed
from common.templatetags.format import spell_day
from health import alert_notices
from health.alert_choices import EpisodeEntryKind, EpisodeOutcome, EpisodeState, Route
from health.alert_permissions import can_answer
from health.alert_policy import alert_policy
from health.models import Episode
from health.rules.episodes import Move, State, after
from health.services import episode_records as records
from health.services import precision
from health.services.episode_routing import clock_of
from partners import permissions
from partners.models import PlayRun
from partners.services import timeline
from partners.services.locking import lock_organization, refuse_archived
from partners.services.task_owners import role_of

MAX_NOTE = 4_000
MAX_REASON = 300
_SNOOZE_DAYS = 60


@transaction.atomic
def acknowledge(*, by: Actor, episode: Episode, version: int | None = None, now: datetime) -> Episode:
    """Say that one looks after it: that is the answer. Who takes on what is nobody's owns it from then on.

    Raises NotAllowed, Conflict; DomainError "state" where it was answered already.
    """
    locked = locked_for(by, episode, version)
    before = _move(locked, Move.ACKNOWLEDGE, by=by, now=now)
    taken = _take(locked, by)
    _save(locked, "state", *_ANSWER, *taken, now=now)
    said = {"state": [before, locked.state]}
    _leave(locked, EpisodeEntryKind.ACKNOWLEDGED, _("Alert acknowledged: %(title)s"), said, by=by, now=now)
    return locked


@transaction.atomic
def act(*, by: Actor, episode: Episode, note: str, version: int | None = None, now: datetime) -> Episode:
    """Say what is being done about it. Raises NotAllowed, Conflict; DomainError "state", `field` "note"."""
    locked = locked_for(by, episode, version)
    words = words_of(note, _("Say what you do about it."), field="note")
    before = _move(locked, Move.ACT, by=by, now=now)
    taken = _take(locked, by)
    _save(locked, "state", *_ANSWER, *taken, now=now)
    said = {"state": [before, locked.state]}
    _leave(locked, EpisodeEntryKind.ACTED, _("Acting on: %(title)s"), said, by=by, now=now, body=words)
    return locked


@transaction.atomic
def close(
    *, by: Actor, episode: Episode, outcome: str, note: str = "", version: int | None = None, now: datetime
) -> Episode:
    """Say how it turned out; the precision of its rules follows. A false or late alarm says why.

    Raises NotAllowed, Conflict; DomainError "state", `field` "outcome" or "note".
    """
    locked = locked_for(by, episode, version)
    if outcome not in EpisodeOutcome.values:
        raise DomainError(_("Choose how it turned out."), field="outcome", code="unknown_outcome")
    needed = "" if outcome == EpisodeOutcome.ACTED else _("Say why, so that the rule can be mended.")
    words = words_of(note, needed, field="note")
    before = _move(locked, Move.CLOSE, by=by, now=now)
    locked.outcome, locked.outcome_note = outcome, words
    locked.closed_at, locked.closed_by_id = max(now, locked.opened_at), by.user_id
    locked.snoozed_until, locked.snooze_reason = None, ""
    ended = ("outcome", "outcome_note", "closed_at", "closed_by", "snoozed_until", "snooze_reason")
    _save(locked, "state", *_ANSWER, *ended, now=now)
    said = {"state": [before, locked.state], "outcome": ["", outcome]}
    label = EpisodeOutcome(outcome).label
    facts = {"outcome": outcome}
    _leave(
        locked, EpisodeEntryKind.CLOSED, _("Alert closed: %(title)s"), said, by=by, now=now, body=words, facts=facts,
        story=f"{label}. {words}".strip(),
    )  # fmt: skip
    _tell_owner(locked, _("%(name)s: alert closed: %(title)s"), by=by, now=now)
    precision.judge(locked, now=now)
    return locked


@transaction.atomic
def reopen(*, by: Actor, episode: Episode, reason: str, version: int | None = None, now: datetime) -> Episode:
    """Take the outcome back. Raises NotAllowed, Conflict; DomainError "state", "running" while another one is open."""
    locked = locked_for(by, episode, version)
    words = words_of(reason, _("Say why it is open again."), field="reason")
    before, outcome = _move(locked, Move.REOPEN, by=by, now=now), locked.outcome
    others = Episode.objects.unfinished().filter(organization_id=locked.organization_id, cause=locked.cause)
    if others.exclude(pk=locked.pk).exists():
        raise DomainError(_("Another alert of this cause is open by now: go on with that one."), code="running")
    locked.outcome, locked.outcome_note, locked.closed_at, locked.closed_by_id = "", "", None, None
    _save(locked, "state", "outcome", "outcome_note", "closed_at", "closed_by", now=now)
    said = {"state": [before, locked.state], "outcome": [outcome, ""]}
    _leave(locked, EpisodeEntryKind.REOPENED, _("Alert open again: %(title)s"), said, by=by, now=now, body=words)
    _tell_owner(locked, _("%(name)s: alert open again: %(title)s"), by=by, now=now)
    return locked


@transaction.atomic
def snooze(
    *, by: Actor, episode: Episode, until: datetime, reason: str, version: int | None = None, now: datetime
) -> Episode:
    """Put it off until a moment, with the reason. The clock of its answer runs on.

    Raises NotAllowed, Conflict; DomainError "state" for a closed one, `field` "until" or "reason".
    """
    locked = locked_for(by, episode, version)
    _refuse_closed(locked)
    words = words_of(reason, _("Say why it can wait."), field="reason", most=MAX_REASON)
    policy = alert_policy()
    longest = policy.snooze_days if policy is not None else _SNOOZE_DAYS
    if until <= now:
        raise DomainError(_("Choose a moment to come."), field="until", code="past")
    if until > now + timedelta(days=longest):
        message = _("It can wait for %(days)s days at most.") % {"days": longest}
        raise DomainError(message, field="until", code="too_far")
    before = locked.snoozed_until
    locked.snoozed_until, locked.snooze_reason = until, words
    _save(locked, "snoozed_until", "snooze_reason", now=now)
    said = {"snoozed_until": [before, until]}
    sentence = _("Alert put off until %(day)s: %(title)s") % {"day": spell_day(until.date()), "title": "%(title)s"}
    facts = {"until": until.isoformat()}
    _leave(locked, EpisodeEntryKind.SNOOZED, sentence, said, by=by, now=now, body=words, facts=facts)
    return locked


@transaction.atomic
def wake(*, by: Actor, episode: Episode, version: int | None = None, now: datetime) -> Episode:
    """Take it up before its moment. Raises NotAllowed, Conflict; DomainError "awake"."""
    locked = locked_for(by, episode, version)
    if locked.snoozed_until is None:
        raise DomainError(_("It is not put off."), code="awake")
    before = locked.snoozed_until
    locked.snoozed_until, locked.snooze_reason = None, ""
    _save(locked, "snoozed_until", "snooze_reason", now=now)
    said = {"snoozed_until": [before, None]}
    _leave(locked, EpisodeEntryKind.WOKEN, _("Alert taken up again: %(title)s"), said, by=by, now=now)
    return locked


@transaction.atomic
def assign(*, by: Actor, episode: Episode, owner: User, version: int | None = None, now: datetime) -> Episode:
    """Give it to somebody who sees the organization. The clock does not begin anew.

    Raises NotAllowed, Conflict; DomainError "state", `field` "owner".
    """
    locked = locked_for(by, episode, version)
    _refuse_closed(locked)
    if owner.pk == locked.owner_id:
        raise DomainError(_("It is theirs already."), field="owner", code="same_owner")
    if not owner.is_active or not permissions.opens_in_full(actor_for(owner), locked.organization):
        message = _("This person does not open the organization: choose somebody who does.")
        raise DomainError(message, field="owner", code="unseen")
    before = locked.owner_id
    locked.owner, locked.owner_role = owner, role_of(owner.pk, locked.organization)
    _save(locked, "owner", "owner_role", now=now)
    said = {"owner": [before, owner.pk]}
    facts = {"owner": owner.pk}
    _leave(
        locked, EpisodeEntryKind.ASSIGNED, _("Alert given to somebody else: %(title)s"), said, by=by, now=now,
        facts=facts,
    )  # fmt: skip
    _tell_owner(locked, _("%(name)s: an alert is yours: %(title)s"), by=by, now=now, kind=alert_notices.ALERTS)
    return locked


def play_started(episode: Episode, run: PlayRun, *, by: Actor, now: datetime) -> None:
    """Note the play of a locked episode: from now on somebody acts. Part of `alert_plays.start`."""
    if episode.state != EpisodeState.ACTED:
        _move(episode, Move.ACT, by=by, now=now)
    taken = _take(episode, by)
    episode.play_run = run
    _save(episode, "state", "play_run", *_ANSWER, *taken, now=now)


@transaction.atomic
def note(*, by: Actor, episode: Episode, text: str, now: datetime) -> Episode:
    """Add a line to its history. Raises NotAllowed; DomainError `field` "text"."""
    locked = locked_for(by, episode, None)
    words = words_of(text, _("Write something."), field="text")
    _save(locked, now=now)
    records.record("noted", locked, now=now, by=by, changes={"note": ["*", "*"]})
    records.write([records.entry(locked, EpisodeEntryKind.NOTE, now=now, by=by, body=words)])
    return locked


_ANSWER = ("route", "answered_at", "answered_by", "due_at", "warn_at", "routed_at")


def _move(episode: Episode, move: Move, *, by: Actor, now: datetime) -> str:
    """Change the state; the first answer is kept. Returns the state before. Raises DomainError "state"."""
    before = episode.state
    try:
        episode.state = after(move, State(before)).value
    except ValueError:
        message = _("This alert is %(state)s already.") % {"state": episode.get_state_display().lower()}
        raise DomainError(message, code="state") from None
    if move is not Move.REOPEN and episode.answered_at is None:
        episode.answered_at, episode.answered_by_id = max(now, episode.opened_at), by.user_id
    if episode.route == Route.WAITING:
        # Answered before it was told: it costs nobody's budget, and counts as told in the moment it came up.
        _tell_at_once(episode, now=now)
    return before


def _tell_at_once(episode: Episode, *, now: datetime) -> None:
    policy = alert_policy()
    episode.route, episode.routed_at = Route.NOW, now
    if policy is not None and episode.due_at is None:
        found = clock_of(policy, episode.owner, episode.organization, now=episode.opened_at)
        episode.due_at, episode.warn_at = found.due_at, found.warn_at


def _take(episode: Episode, by: Actor) -> tuple[str, ...]:
    """Who answers for nobody's alert owns it from then on; the names of the fields that this changes."""
    if episode.owner_id is not None or by.user_id is None:
        return ()
    episode.owner_id, episode.owner_role = by.user_id, role_of(by.user_id, episode.organization)
    return ("owner", "owner_role")


def locked_for(by: Actor, episode: Episode, version: int | None) -> Episode:
    """The episode as it is now, locked. Raises Missing, NotAllowed, Conflict, DomainError "archived"."""
    organization = lock_organization(episode.organization)
    rows = Episode.objects.select_for_update(no_key=True, of=("self",)).select_related("owner")
    found: Episode | None = rows.filter(pk=episode.pk).first()
    if found is None:
        raise Missing(_("This alert does not exist, or it is not yours."))
    found.organization = organization
    if not can_answer(by, found):
        raise NotAllowed(_("Alerts are answered by their owners and by those who work on the organization."))
    refuse_archived(organization)
    if version is not None and version != found.version:
        current = {"state": found.state, "owner": found.owner.name if found.owner is not None else ""}
        raise Conflict(_("Somebody changed this alert while you were at it."), version=found.version, current=current)
    return found


def _refuse_closed(episode: Episode) -> None:
    if episode.state == EpisodeState.CLOSED:
        raise DomainError(_("This alert is closed already."), code="state")


def words_of(text: str, missing: str, *, field: str, most: int = MAX_NOTE) -> str:
    """A text that a person wrote. Raises DomainError where words are missing that are needed, or too many."""
    words = text.replace("\0", "").strip()
    if missing and not words:
        raise DomainError(missing, field=field, code="reason")
    if len(words) > most:
        raise DomainError(_("Use up to %(count)s characters.") % {"count": most}, field=field, code="too_long")
    return words


def _save(episode: Episode, *fields: str, now: datetime) -> None:
    episode.version += 1
    episode.updated_at = now
    episode.save(update_fields=[*fields, "version", "updated_at"])


def _leave(
    episode: Episode,
    kind: EpisodeEntryKind,
    sentence: str,
    changes: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
    body: str = "",
    facts: Mapping[str, Any] | None = None,
    story: str = "",
) -> None:
    """What a change leaves behind: the trail, the history, the timeline."""
    records.record(kind.value, episode, now=now, by=by, changes=changes)
    records.write([records.entry(episode, kind, now=now, by=by, body=body, facts=facts)])
    timeline.push_many([records.line(sentence, episode, now=now, by=by, body=story or body)])


def _tell_owner(
    episode: Episode, sentence: str, *, by: Actor, now: datetime, kind: NoticeKind = alert_notices.ALERT_NEWS
) -> None:
    records.tell([episode.owner_id], sentence, episode, by=by, now=now, kind=kind)

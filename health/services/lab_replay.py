"""Replays of the past by a scorecard that is being written, against the version in force (health.md, Scorecard lab).

A worker does one weekly day after the other, each in a transaction that also says how far the replay is: whatever is
killed goes on with the day it was at. A day is computed from the samples alone, as they were known by then; bands set
by hand are left out, for they say nothing of a scorecard.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.errors import DomainError
from common.jobs import enqueue_on_commit
from common.models import PolicyVersion
from health.lab_choices import Knowledge, ReplayState
from health.metric_policy import metric_policy
from health.models import LabReplay
from health.policies import PREFIX, card_of_version, policies_in_force
from health.rules.bands import BandState, settle
from health.rules.lab import ABSENT, LETTERS, Course, Lost, judge
from health.rules.receipts import Computed, explain
from health.rules.scorecard_lint import faults, lint
from health.rules.scorecard_packs import Scorecard, parse_scorecard
from health.rules.scoring import score
from health.selectors.gathering import Found, Gathering
from health.selectors.inputs import Subject, chosen
from health.services import lab, runs
from partners.models import Loss, StagePeriod

logger = logging.getLogger(__name__)

WEEKS = (13, 26, 52, 104)
RESTS = timedelta(minutes=2)
"""A replay that has not moved for so long has lost its worker."""

TASK = "health.lab_replay"
_WEEK = timedelta(days=7)
_NAMED = 3


@dataclass(frozen=True, kw_only=True)
class _Side:
    """One of the two that are compared: all scorecards by name, the tried one in the place of its own."""

    cards: Mapping[str, Scorecard]

    def pick(self, name: str, subject: Subject) -> tuple[str, Scorecard] | None:
        """The scorecard by which an organization has the band that is compared."""
        tried = self.cards[name]
        if tried.is_beside:
            fits = tried.applies_to(kind=subject.kind, stage=subject.stage, segment=subject.segment)
            return (name, tried) if fits else None
        return next((entry for entry in chosen(self.cards, subject) if not entry[1].is_beside), None)


@dataclass(frozen=True, kw_only=True)
class _Pair:
    """An organization on a day with what it is scored by on both sides."""

    subject: Subject
    old: Scorecard | None
    new: Scorecard | None


def readable(body: dict[str, Any], *, version: int) -> Scorecard:
    """A scorecard to compute with. Raises DomainError "faulty" with the first fault."""
    policy = metric_policy()
    found = faults(lint(body, policy.metrics if policy is not None else {}))
    if found:
        raise DomainError(
            _("Mend this first. %(place)s: %(problem)s") % {"place": found[0].place, "problem": found[0].problem},
            code="faulty",
        )
    return parse_scorecard(body, version=version)


@transaction.atomic
def start(*, card: str, weeks: int, knowledge: str, by: Actor, now: datetime) -> LabReplay:
    """Begin a replay of the working copy over so many weekly days up to today.

    Raises NotAllowed, Missing, DomainError "faulty", "running", "unknown" (no such span or knowledge).
    """
    lab.require_right(by)
    if weeks not in WEEKS or knowledge not in Knowledge.values:
        raise DomainError(_("Choose one of the spans."), code="unknown")
    copy = lab.copy_of(card)
    readable(copy.body, version=copy.base_version)
    if LabReplay.objects.select_for_update().filter(card=card, state=ReplayState.RUNNING).exists():
        raise DomainError(_("A replay of this scorecard is running."), code="running")
    replay = LabReplay.objects.create(
        card=card,
        body=copy.body,
        copy_version=copy.version,
        base_version=PolicyVersion.objects.get(name=PREFIX + card, is_active=True).version,
        knowledge=knowledge,
        until=timezone.localdate(now),
        total=weeks,
        started_by_id=by.user_id,
        started_at=now,
        touched_at=now,
    )
    enqueue_on_commit(TASK, replay_id=replay.pk)
    return replay


def keep_going(*, now: datetime) -> int:
    """Wake workers for replays that rest; returns how many."""
    resting = LabReplay.objects.filter(state=ReplayState.RUNNING, touched_at__lt=now - RESTS).values_list(
        "pk", flat=True
    )
    with transaction.atomic():
        for pk in resting:
            enqueue_on_commit(TASK, replay_id=pk)
    return len(resting)


def go_on(*, replay_id: int, now: datetime) -> bool:
    """Compute the next day of a replay that nobody else is at; whether more are to come.

    What cannot be computed ends it as failed; a database that is away does not, it is taken up again.
    """
    try:
        with transaction.atomic():
            return _step(replay_id, now)
    except OperationalError:
        raise
    except Exception as error:
        logger.exception("a replay failed", extra={"replay": replay_id})
        LabReplay.objects.filter(pk=replay_id, state=ReplayState.RUNNING).update(
            state=ReplayState.FAILED, failure=type(error).__name__, ended_at=now
        )
        return False


def days_of(replay: LabReplay) -> list[date]:
    """The days that are replayed, the earliest first."""
    return [replay.until - _WEEK * back for back in range(replay.total - 1, -1, -1)]


def _step(replay_id: int, now: datetime) -> bool:
    rows = LabReplay.objects.select_for_update(skip_locked=True)
    replay = rows.filter(pk=replay_id, state=ReplayState.RUNNING).first()
    if replay is None:
        return False
    _compute_day(replay, days_of(replay)[replay.done])
    replay.done += 1
    replay.touched_at = now
    if replay.done == replay.total:
        _finish(replay, now)
    else:
        enqueue_on_commit(TASK, replay_id=replay.pk)
    replay.save()
    return replay.state == ReplayState.RUNNING


def _finish(replay: LabReplay, now: datetime) -> None:
    courses = {int(pk): Course(old=old, new=new) for pk, (old, new) in replay.courses.items()}
    losses = Loss.objects.all().valid().filter(organization_id__in=courses).order_by("lost_on", "pk")
    lost = [
        Lost(organization_id=pk, lost_on=day, reason=reason)
        for pk, day, reason in losses.values_list("organization_id", "lost_on", "reason")
    ]
    replay.result = judge(days_of(replay), courses, lost).to_json()
    replay.state, replay.ended_at, replay.states = ReplayState.DONE, now, {}


def _compute_day(replay: LabReplay, day: date) -> None:
    at = runs.instant_of(day, replay.started_at)
    known_at = at if replay.knowledge == Knowledge.THEN else replay.started_at
    policies = policies_in_force()
    before, tried = card_of_version(replay.card, replay.base_version), readable(replay.body, version=0)
    if before is None:
        raise LookupError(f"{replay.card} {replay.base_version}")
    sides = [_Side(cards={**policies.cards, replay.card: one}) for one in (before, tried)]
    pairs = _pairs(replay.card, sides, _subjects(at, day))
    used = {id(card): card for pair in pairs for card in (pair.old, pair.new) if card is not None}
    gathering = Gathering(used.values(), {key: one.rhythm_days for key, one in policies.metrics.items()})
    for begin in range(0, len(pairs), runs.CHUNK):
        chunk = pairs[begin : begin + runs.CHUNK]
        ids = [pair.subject.id for pair in chunk]
        found = gathering.read(ids, at=at, known_at=known_at, day=day, as_of=True)
        for pair in chunk:
            _compute_pair(replay, pair, found, at, day)
    for letters in replay.courses.values():
        letters[:] = [one.ljust(replay.done + 1, ABSENT) for one in letters]


def _pairs(name: str, sides: Sequence[_Side], subjects: Sequence[Subject]) -> list[_Pair]:
    """The organizations whose band is made by the scorecard on one side at least."""
    found: list[_Pair] = []
    for subject in subjects:
        old, new = (side.pick(name, subject) for side in sides)
        if name in {pick[0] for pick in (old, new) if pick is not None}:
            found.append(_Pair(subject=subject, old=old[1] if old else None, new=new[1] if new else None))
    return found


def _subjects(at: datetime, day: date) -> list[Subject]:
    """The organizations as they were: their stage at the instant; without those that were lost or archived by then."""
    gone = Loss.objects.all().valid().filter(Q(returned_on__isnull=True) | Q(returned_on__gt=day), lost_on__lte=day)
    periods = StagePeriod.objects.filter(Q(left_at__isnull=True) | Q(left_at__gt=at), entered_at__lte=at)
    periods = periods.filter(Q(organization__archived_at__isnull=True) | Q(organization__archived_at__gt=at))
    rows = periods.exclude(organization_id__in=gone.values("organization_id")).order_by("organization_id", "entered_at")
    known = {
        pk: Subject(id=pk, kind=kind, stage=stage, segment=segment or "", band="")
        for pk, kind, stage, segment in rows.values_list(
            "organization_id", "organization__kind", "stage", "organization__facts__arr_segment"
        )
    }
    return list(known.values())


def _compute_pair(replay: LabReplay, pair: _Pair, found: Found, at: datetime, day: date) -> None:
    key = str(pair.subject.id)
    letters = replay.courses.setdefault(key, ["", ""])
    states = replay.states.setdefault(key, [None, None])
    computed: list[Computed | None] = []
    bands: list[str] = []
    for side, card in enumerate((pair.old, pair.new)):
        letter, band = ABSENT, ""
        one: Computed | None = None
        if card is not None:
            evidence = found.evidence(pair.subject.id, card)
            one = Computed(card=card, evidence=evidence, scored=score(card, evidence, at=at))
            state = settle(BandState.from_json(states[side] or {}), one.scored, card, day)
            states[side], letter, band = state.to_json(), LETTERS[state.band], state.band
        letters[side] = letters[side].ljust(replay.done, ABSENT) + letter
        computed.append(one)
        bands.append(band)
    if replay.done == replay.total - 1 and bands[0] != bands[1]:
        replay.moves.append(_move(pair.subject.id, bands, computed))


def _move(organization_id: int, bands: Sequence[str], computed: Sequence[Computed | None]) -> dict[str, Any]:
    """Who changes band on the last day, with the measures that make the difference, the largest first."""
    old, new = computed
    by: dict[str, Any] = {}
    if old is not None and new is not None:
        for mover in explain(old, new).movers:
            by[mover.measure] = by.get(mover.measure, 0) + mover.by
    movers = sorted(by.items(), key=lambda one: (-abs(one[1]), one[0]))[:_NAMED]
    return {
        "organization": organization_id,
        "from": bands[0],
        "to": bands[1],
        "old": str(old.scored.score) if old is not None and old.scored.score is not None else None,
        "new": str(new.scored.score) if new is not None and new.scored.score is not None else None,
        "movers": [[measure, str(amount)] for measure, amount in movers if amount],
        "vetoes": [one.veto for one in (new.scored.vetoes if new is not None else ())],
    }

"""Health is heard: from what was computed come signals, and from signals episodes that somebody answers.

`hear` is safe at any time and from several workers: what a rule has told is kept with the organization, in the
transaction that tells it. Lock order: the watch of an organization, then its open episodes. Who uses an episode locks
the organization and then the episode, so the two never wait for each other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import BooleanField, F, QuerySet
from django.db.models.expressions import RawSQL

from common import composed
from health.alert_policy import alert_policy
from health.models import AlertWatch
from health.policies import HealthPolicies
from health.rules.alert_packs import AlertPolicy
from health.rules.alert_signals import Facts
from health.rules.alerting import Decided, decide
from health.rules.bands import GREY
from health.rules.scoring import STALE
from health.selectors.alert_facts import Card, Gathered, gather
from health.services import alert_rows, episode_opening
from health.services.episode_opening import Told
from partners.models import Organization

if TYPE_CHECKING:
    from health.services.scores import Outcome

# Before everything that is heard: the first hearing of an organization has none before it.
_NEVER, _LONG_AGO = date(2000, 1, 1), datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Computed:
    """The health of an organization by its main scorecard as it has just been computed.

    `band` is the one shown; `stale` are the ids of measures and vetoes whose evidence is too old.
    """

    organization_id: int
    card: str
    card_version: int
    day: date
    occasion: str
    band: str
    score: Decimal | None
    coverage: Decimal
    stale: frozenset[str]


@transaction.atomic
def hear(computed: Iterable[Computed], *, now: datetime, policy: AlertPolicy | None = None) -> int:
    """Tell the rules of alerts what was computed; returns how many signals they gave.

    A day before the last one heard of an organization is passed over; the same again tells nothing. `policy`: the one
    in force, for whoever has read it.
    """
    policy = policy or alert_policy()
    if policy is None:
        return 0
    in_order = sorted(computed, key=lambda one: (one.day, one.organization_id))
    return sum(_hear_day(policy, day, list(rows), now=now) for day, rows in groupby(in_order, key=lambda one: one.day))


def _hear_day(policy: AlertPolicy, day: date, computed: Sequence[Computed], *, now: datetime) -> int:
    watches, places = _watches(sorted({one.organization_id for one in computed}))
    heard = {
        one.organization_id: one
        for one in computed
        if one.organization_id in watches and watches[one.organization_id].day <= day
    }
    cards = {pk: Card(name=one.card, version=one.card_version) for pk, one in heard.items()}
    falling = [pk for pk, one in heard.items() if _may_have_fallen(one, watches[pk])]
    gathered = gather(policy, cards, falling, day=day)
    told: list[Told] = []
    moved: list[AlertWatch] = []
    recovered: dict[int, frozenset[str]] = {}
    for pk, one in heard.items():
        watch, (kind, stage) = watches[pk], places[pk]
        before = _read(watch)
        present = _facts(one, before, gathered)
        decided = decide(policy, kind=kind, stage=stage, previous=before, present=present, told=watch.told)
        if decided.fired:
            told.append(Told(organization_id=pk, computed=one, fired=decided.fired))
        if decided.recovered:
            recovered[pk] = decided.recovered
        if _remember(watch, present, decided, now=now):
            moved.append(watch)
    alert_rows.remember(moved)
    episode_opening.open_or_add(policy, told, now=now)
    episode_opening.note_recoveries(policy, recovered, watches, now=now)
    return sum(len(one.fired) for one in told)


Places = dict[int, tuple[str, str]]


def _watches(ids: list[int]) -> tuple[dict[int, AlertWatch], Places]:
    """The watches of those organizations that are not archived, locked in the order of their ids, and kind and stage.

    New watches where there is none.
    """
    found, places = _locked(ids)
    if len(found) < len(ids):
        current = Organization.objects.current().filter(pk__in=set(ids) - found.keys()).order_by("pk")
        missing = current.values_list("pk", flat=True)
        new = [AlertWatch(organization_id=pk, day=_NEVER, heard_at=_LONG_AGO) for pk in missing]
        if new:
            AlertWatch.objects.bulk_create(new, ignore_conflicts=True, batch_size=500)
            return _locked(ids)
    return found, places


def _locked(ids: list[int]) -> tuple[dict[int, AlertWatch], Places]:
    rows: list[Any] = composed.instances(_watched, gaps=(ids,))
    return {one.pk: one for one in rows}, {one.pk: (one.kind, one.stage) for one in rows}


def _watched(ids: list[int]) -> QuerySet[AlertWatch]:
    among = RawSQL("health_alertwatch.organization_id = ANY (%s)", [ids], output_field=BooleanField())
    rows = AlertWatch.objects.filter(among, organization__archived_at__isnull=True)
    rows = rows.annotate(kind=F("organization__kind"), stage=F("organization__stage"))
    return rows.select_for_update(of=("self",)).order_by("pk")


def _may_have_fallen(one: Computed, watch: AlertWatch) -> bool:
    """Whether the best scores of the days before matter: no lower than when it was heard last, it fell no further.

    Where something was told, it may be this, and then its recovery matters too.
    """
    before = watch.facts.get("score") if watch.facts else None
    return one.score is not None and (bool(watch.told) or before is None or one.score < Decimal(before))


def _facts(one: Computed, before: Facts | None, gathered: Gathered) -> Facts:
    color = one.band if one.band != GREY else before.color if before is not None else None
    pk = one.organization_id
    return Facts(
        day=one.day,
        band=one.band,
        color=color,
        score=one.score,
        coverage=one.coverage,
        stale=one.stale,
        highs=gathered.highs.get(pk, {}),
        metrics=gathered.metrics.get(pk, {}),
        left=gathered.left.get(pk, ()),
    )


def _read(watch: AlertWatch) -> Facts | None:
    """What was heard last; None where nothing was."""
    kept: Mapping[str, Any] = watch.facts
    if not kept:
        return None
    return Facts(
        day=watch.day,
        band=kept["band"],
        color=kept["color"],
        score=None if kept["score"] is None else Decimal(kept["score"]),
        coverage=Decimal(kept["coverage"]),
        stale=frozenset(kept["stale"]),
    )


def _remember(watch: AlertWatch, present: Facts, decided: Decided, *, now: datetime) -> bool:
    """Whether there is anything new to keep."""
    facts = {
        "band": present.band,
        "color": present.color,
        "score": None if present.score is None else str(present.score),
        "coverage": str(present.coverage),
        "stale": sorted(present.stale),
    }
    told = dict(decided.told)
    if (watch.day, watch.facts, watch.told) == (present.day, facts, told):
        return False
    watch.day, watch.facts, watch.told, watch.heard_at = present.day, facts, told, now
    return True


def hear_outcomes(outcomes: Sequence["Outcome"], policies: HealthPolicies, now: datetime) -> None:
    """What a computation came to, heard in its transaction: of each organization its main scorecard, if it is news."""
    hear(
        [
            Computed(
                organization_id=one.organization_id,
                card=one.card,
                card_version=one.receipt.card_version,
                day=one.day,
                occasion=one.occasion,
                band=one.band,
                score=one.receipt.scored.score,
                coverage=one.receipt.scored.coverage,
                stale=frozenset(part.measure for part in one.receipt.scored.parts if part.state == STALE),
            )
            for one in outcomes
            if one.is_main and one.is_latest
        ],
        now=now,
        policy=policies.alerts,
    )

"""Shadow runs: a scorecard is computed every day beside the one in force, and shown to nobody else (health.md).

Its snapshots are those of a card of its own name with the occasion "shadow": nothing that is shown of an organization
reads them. They are computed as of the same instant as the day's real ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.errors import DomainError, Missing
from common.models import PolicyVersion
from common.partitions import ensure_partitions
from health.choices import RunState
from health.lab_choices import SHADOW, ShadowEnd, shadow_card
from health.models import DAILY, HealthRun, LabShadow, Snapshot
from health.policies import PREFIX, policies_in_force
from health.rules.bands import BandState, raw_band
from health.rules.receipts import Receipt, compute, to_json
from health.rules.scorecard_packs import Scorecard
from health.selectors.gathering import Gathering
from health.selectors.inputs import Subject, chosen
from health.services import lab, runs
from health.services.lab_replay import readable
from partners.models import Organization


@transaction.atomic
def start(*, card: str, by: Actor, now: datetime) -> LabShadow:
    """Compute the working copy as it is now beside the version in force, from the next daily run on.

    Raises NotAllowed, Missing, DomainError "faulty", "running".
    """
    lab.require_right(by)
    copy = lab.copy_of(card)
    readable(copy.body, version=copy.base_version)
    if LabShadow.objects.select_for_update().filter(card=card, ended_at__isnull=True).exists():
        raise DomainError(_("A shadow run of this scorecard is under way. End it first."), code="running")
    return LabShadow.objects.create(
        card=card,
        body=copy.body,
        copy_version=copy.version,
        base_version=PolicyVersion.objects.get(name=PREFIX + card, is_active=True).version,
        started_by_id=by.user_id,
        started_at=now,
    )


@transaction.atomic
def end(*, card: str, by: Actor, now: datetime) -> LabShadow:
    """End the shadow run; what it has computed stays. Raises NotAllowed, Missing."""
    lab.require_right(by)
    shadow = LabShadow.objects.select_for_update().filter(card=card, ended_at__isnull=True).first()
    if shadow is None:
        raise Missing(_("There is no shadow run of this scorecard."))
    shadow.ended_at, shadow.end = now, ShadowEnd.ENDED
    shadow.save(update_fields=["ended_at", "end"])
    return shadow


def keep_up(*, now: datetime) -> int:
    """Compute the open shadow runs for the last day whose real run is done; returns how many were."""
    run = HealthRun.objects.filter(occasion=DAILY, state=RunState.DONE).order_by("-day").first()
    if run is None:
        return 0
    behind = LabShadow.objects.filter(ended_at__isnull=True).exclude(last_day__gte=run.day)
    return sum(_compute_day(pk, run, now) for pk in behind.values_list("pk", flat=True))


@transaction.atomic
def _compute_day(shadow_id: int, run: HealthRun, now: datetime) -> bool:
    rows = LabShadow.objects.select_for_update(skip_locked=True).filter(pk=shadow_id, ended_at__isnull=True)
    shadow = rows.exclude(last_day__gte=run.day).first()
    if shadow is None:
        return False
    tried, policies = readable(shadow.body, version=shadow.base_version), policies_in_force()
    cards = {**policies.cards, shadow.card: tried}
    at = runs.instant_of(run.day, run.started_at)
    gathering = Gathering([tried], {key: one.rhythm_days for key, one in policies.metrics.items()})
    ensure_partitions(table="health_snapshot", key="day", start=run.day, end=run.day)
    for ids in _chunks(cards, shadow.card):
        found = gathering.read(ids, at=at, known_at=run.started_at, day=run.day, as_of=True)
        before = _states(ids, shadow_card(shadow.card), run.day)
        receipts = [
            compute(
                card_key=shadow_card(shadow.card),
                card=tried,
                evidence=found.evidence(pk, tried),
                at=at,
                day=run.day,
                previous=before.get(pk),
                before=None,
            )
            for pk in ids
        ]
        _write(ids, receipts, tried, now)
    shadow.last_day = run.day
    shadow.save(update_fields=["last_day"])
    return True


def _chunks(cards: dict[str, Scorecard], card: str) -> Iterator[list[int]]:
    """The organizations that the tried scorecard is for, a chunk at a time."""
    rows = Organization.objects.current().order_by("pk").values_list("pk", "kind", "stage", "facts__arr_segment")
    ids = [
        pk
        for pk, kind, stage, segment in rows
        if any(
            name == card
            for name, _found in chosen(cards, Subject(id=pk, kind=kind, stage=stage, segment=segment or "", band=""))
        )
    ]
    for begin in range(0, len(ids), runs.CHUNK):
        yield ids[begin : begin + runs.CHUNK]


def _states(ids: Sequence[int], card: str, day: date) -> dict[int, BandState | None]:
    with connection.cursor() as cursor:
        cursor.execute(_BEFORE, [list(ids), card, SHADOW, day])
        return {pk: BandState.from_json(state) for pk, state in cursor.fetchall()}


_BEFORE = """
SELECT DISTINCT ON (organization_id) organization_id, receipt -> 'state' FROM health_snapshot
WHERE organization_id = ANY (%s) AND card = %s AND occasion = %s AND day < %s ORDER BY organization_id, day DESC
"""


def _write(ids: Sequence[int], receipts: Sequence[Receipt], card: Scorecard, now: datetime) -> None:
    Snapshot.objects.bulk_create(
        [
            Snapshot(
                organization_id=pk,
                card=receipt.card_key,
                day=receipt.day,
                occasion=SHADOW,
                card_version=receipt.card_version,
                is_main=False,
                score=receipt.scored.score,
                coverage=receipt.scored.coverage,
                band=receipt.state.band,
                computed_band=receipt.state.band,
                raw_band=raw_band(receipt.scored, card),
                inputs_hash=receipt.inputs_hash,
                receipt=to_json(receipt),
                computed_at=now,
            )
            for pk, receipt in zip(ids, receipts, strict=True)
        ],
        ignore_conflicts=True,
    )

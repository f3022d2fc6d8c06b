"""What SQL gathers is what anybody would add up by hand, by what was known then, however old the history is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from math import floor
from random import Random

import pytest

from health.choices import SourceKind
from health.models import Entitlement, Metric, Sample
from health.rules.scorecard_packs import Scorecard
from health.rules.scoring import Evidence
from health.selectors.gathering import gather
from health.services.ingest import store
from health.services.sources import source_named
from tests.factories.health_metrics import load_metrics, metric
from tests.factories.partners import make_partner
from tests.health import cards

AT = datetime(2026, 11, 2, 3, tzinfo=UTC)
DAY = date(2026, 11, 2)
COMBINES = ("last", "sum", "mean", "rate")
_SIX = Decimal("0.000001")

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Known:
    at: datetime
    value: Decimal
    received_at: datetime


def _card() -> Scorecard:
    """Each way to combine over two windows, one of them a trend, and one measured by what was bought."""
    measures = []
    for combine in COMBINES:
        measures.append(cards.measure(f"{combine}_30", metric=f"m_{combine}"))
        trend = {"kind": "trend", "baseline_days": 90, "window_days": 14}
        measures.append(cards.measure(f"{combine}_trend", metric=f"m_{combine}", **trend))
    measures.append(cards.measure("bought", metric="m_mean", kind="entitlement", window_days=7))
    return cards.card(cards.group("all", *measures), vetoes=[cards.veto("stop", "m_last", at_least=90)])


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(_SIX, rounding=ROUND_HALF_UP)


def _span(known: Sequence[Known], end: datetime, days: int) -> list[Known]:
    return [one for one in known if end - timedelta(days=days) < one.at <= end]


def _by_hand(combine: str, known: Sequence[Known], days: int, baseline_days: int | None) -> Evidence | None:
    """The evidence of one need, added up in Python."""
    if not known:
        return None
    inside, end = _span(known, AT, days), AT
    if not inside:
        end = max(one.at for one in known)
        inside = _span(known, end, days)
    total = sum((one.value for one in inside), Decimal())
    newest = max(inside, key=lambda one: one.at)
    value = {"last": newest.value, "sum": total, "mean": total / len(inside), "rate": total / days}[combine]
    baseline = None
    if baseline_days is not None:
        end -= timedelta(days=days)
        before = _span(known, end, baseline_days)
        if before:
            total = sum((one.value for one in before), Decimal())
            covered = floor((end - min(one.at for one in before)) / timedelta(days=1)) + 1
            mean, rate = total / len(before), total / max(1, min(baseline_days, covered))
            baseline = {"last": mean, "mean": mean, "sum": rate * days, "rate": rate}[combine]
    return Evidence(
        metric=f"m_{combine}",
        value=_rounded(value),
        count=len(inside),
        newest_at=newest.at,
        baseline=_rounded(baseline) if baseline is not None else None,
    )


@pytest.mark.parametrize("as_of", [False, True])
def test_gathered_is_what_one_adds_up_by_hand(as_of: bool) -> None:
    """Windows that are full, that begin late, that have long passed; files that arrived late; nothing at all."""
    load_metrics(*(metric(f"m_{combine}", combine=combine) for combine in COMBINES), now=AT - timedelta(days=900))
    card, rng, source = _card(), Random(7), source_named("feed", SourceKind.API)
    spans = [(0, 200), (3, 40), (20, 300), (100, 130), (400, 700), (0, 1), (20, 16)]
    partners = [make_partner(at=AT - timedelta(days=800)) for _span in spans]
    known: dict[tuple[int, str], list[Known]] = {}
    for partner, (newest, oldest) in zip(partners, spans, strict=True):
        for combine in COMBINES:
            for days in range(newest, oldest):
                at = AT - timedelta(days=days, minutes=rng.randrange(1200))
                late = rng.random() < 0.1 or at > AT
                one = Known(at, Decimal(rng.randrange(1, 10**9)).scaleb(-6), AT + timedelta(hours=1) if late else at)
                row = (partner.pk, f"m_{combine}", one.at, one.value)
                store([row], source=source, now=one.received_at, marks=False)
                if one.received_at <= AT:
                    known.setdefault((partner.pk, combine), []).append(one)
        # What comes after the day is no news of it.
        store([(partner.pk, "m_sum", AT + timedelta(days=2), Decimal(9))], source=source, now=AT, marks=False)
    Entitlement.objects.create(
        organization=partners[0], metric=Metric.objects.get(key="m_mean"), amount=50, starts_on=DAY
    )
    ids = [partner.pk for partner in partners]

    gathered = gather(ids, card, at=AT, known_at=AT, day=DAY, as_of=as_of)

    for partner in partners:
        found = gathered[partner.pk]
        for need in card.needs:
            combine = need.metric.removeprefix("m_")
            wanted = _by_hand(combine, known.get((partner.pk, combine), ()), need.window_days, need.baseline_days)
            here = found.get(need.id)
            if need.wants_entitlement:
                assert (here.entitled if here else None) == (50 if partner == partners[0] and here else None)
            assert _plain(here) == _plain(wanted), (need.id, spans[partners.index(partner)])
    assert Sample.objects.filter(received_at__gt=AT).exists()


def _plain(evidence: Evidence | None) -> tuple[object, ...] | None:
    if evidence is None:
        return None
    return evidence.value, evidence.count, evidence.newest_at, evidence.baseline

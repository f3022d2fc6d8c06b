"""How evidence and scores are written in a receipt, and read again to the same digit. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from health.rules.scoring import Evidence, FiredVeto, Part, Scored, fixed, moment


def evidence_json(evidence: Mapping[str, Evidence]) -> dict[str, list[Any]]:
    """By measure or veto: metric, value, count, newest sample, baseline, entitlement."""
    return {
        name: [
            *(one.metric, fixed(one.value), one.count, moment(one.newest_at)),
            *(fixed(one.baseline), fixed(one.entitled)),
        ]
        for name, one in evidence.items()
    }


def evidence_from(body: Mapping[str, Any]) -> dict[str, Evidence]:
    """What `evidence_json` wrote."""
    return {
        name: Evidence(
            metric=metric,
            value=_number(value),
            count=count,
            newest_at=_moment(newest_at),
            baseline=_number(baseline),
            entitled=_number(entitled),
        )
        for name, (metric, value, count, newest_at, baseline, entitled) in body.items()
    }


def scored_json(scored: Scored) -> dict[str, Any]:
    """Score, coverage, parts and vetoes as entries of a receipt."""
    return {
        "score": str(scored.score) if scored.score is not None else None,
        "coverage": str(scored.coverage),
        "parts": [_part_json(part) for part in scored.parts],
        "vetoes": [
            {
                "veto": veto.veto,
                "metric": veto.metric,
                "value": fixed(veto.value),
                "cap": veto.cap,
                "is_stale": veto.is_stale,
                "newest_at": moment(veto.newest_at),
            }
            for veto in scored.vetoes
        ],
    }


def scored_from(body: Mapping[str, Any]) -> Scored:
    """What `scored_json` wrote."""
    return Scored(
        score=_number(body["score"]),
        coverage=Decimal(body["coverage"]),
        parts=tuple(_part_from(part) for part in body["parts"]),
        vetoes=tuple(
            FiredVeto(
                **{**veto, "value": Decimal(veto["value"]), "newest_at": datetime.fromisoformat(veto["newest_at"])}
            )
            for veto in body["vetoes"]
        ),
    )


def _part_json(part: Part) -> list[Any]:
    """In the order of the fields of Part: names would make two thirds of a receipt."""
    return [
        *(part.measure, part.group, part.metric, fixed(part.raw)),
        *(str(part.points) if part.points is not None else None, str(part.weight), part.state),
        *(str(part.contribution), part.count, moment(part.newest_at), moment(part.window_from)),
    ]


def _part_from(body: Sequence[Any]) -> Part:
    measure, group, metric, raw, points, weight, state, contribution, count, newest_at, window_from = body
    return Part(
        measure=measure,
        group=group,
        metric=metric,
        raw=_number(raw),
        points=_number(points),
        weight=Decimal(weight),
        state=state,
        contribution=Decimal(contribution),
        count=count,
        newest_at=_moment(newest_at),
        window_from=_moment(window_from),
    )


def _number(written: str | None) -> Decimal | None:
    return Decimal(written) if written is not None else None


@lru_cache(maxsize=4_096)
def _moment(written: str | None) -> datetime | None:
    # Samples of one night share their moments.
    return datetime.fromisoformat(written) if written is not None else None

"""What replays and shadow runs of the scorecard lab came to. Names of organizations: those the reader may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.errors import Missing
from common.templatetags.format import spell_percent
from health.lab_choices import SHADOW, ReplayState, shadow_card
from health.models import LabReplay, LabShadow, Snapshot
from health.policies import HealthPolicies, policies_in_force, words_of
from health.rules.lab import STRICT, Confusion, Judgment
from health.words import band_chip
from partners.models import Organization
from partners.rules.small_samples import Share

SHOWN = 200
"""Moves that are listed; the count says how many there are."""


@dataclass(frozen=True, kw_only=True)
class MoveRow:
    """An organization that has another band by the scorecard that is tried."""

    organization: str
    organization_id: str
    before: SafeString
    after: SafeString
    reason: str


@dataclass(frozen=True, kw_only=True)
class WarnedRow:
    organization: str
    organization_id: str
    lost_on: date
    old: int | None
    new: int | None


@dataclass(frozen=True, kw_only=True)
class ConfusionRow:
    """One line of the table: what counts as a warning, by which scorecard, and both shares in words."""

    warning: str
    by: str
    found: Confusion
    precision: str
    recall: str


@dataclass(frozen=True, kw_only=True)
class ReplayPage:
    """A replay: how far it is, and what it came to. `moved`: all who change band, of whom some are listed."""

    replay: LabReplay
    label: str
    by: str
    judgment: Judgment | None
    moves: tuple[MoveRow, ...]
    warned: tuple[WarnedRow, ...]

    @property
    def moved(self) -> int:
        return len(self.replay.moves)

    @property
    def is_running(self) -> bool:
        return self.replay.state == ReplayState.RUNNING

    @property
    def percent(self) -> int:
        return self.replay.done * 100 // self.replay.total

    @property
    def falls_old(self) -> float:
        """A week, by the version in force."""
        return _weekly(self.judgment.falls_old, self.judgment) if self.judgment else 0

    @property
    def falls_new(self) -> float:
        """A week, by the working copy."""
        return _weekly(self.judgment.falls_new, self.judgment) if self.judgment else 0

    @property
    def falls_more(self) -> str:
        """The difference of the two, with its sign."""
        more = self.falls_new - self.falls_old
        return f"{'+' if more > 0 else ''}{more:.1f}".replace("-", "\N{MINUS SIGN}")

    @property
    def confusions(self) -> list[ConfusionRow]:
        """Both scorecards beside each other, for what is red, and for what is yellow or red."""
        if self.judgment is None:
            return []
        pairs = zip(self.judgment.old, self.judgment.new, strict=True)
        sides = ((_("In force"), 0), (_("Working copy"), 1))
        return [_confusion(pair[index], by) for pair in pairs for by, index in sides]


@dataclass(frozen=True, kw_only=True)
class ShadowPage:
    """A shadow run on its last day: how many organizations it covers, and whose band differs."""

    shadow: LabShadow
    label: str
    by: str
    total: int
    moves: tuple[MoveRow, ...]


def replay_page(actor: Actor, public_id: Any) -> ReplayPage:
    """A replay. Raises Missing."""
    replay = (
        LabReplay.objects.select_related("started_by").defer("courses", "states").filter(public_id=public_id).first()
    )
    if replay is None:
        raise Missing(_("There is no such replay."))
    judgment = Judgment.from_json(replay.result) if replay.result else None
    warned = judgment.warned if judgment is not None else ()
    names = _names(
        actor, [one["organization"] for one in replay.moves[:SHOWN]] + [one.organization_id for one in warned]
    )
    policies = policies_in_force()
    return ReplayPage(
        replay=replay,
        label=words_of(replay.body["label"]),
        by=replay.started_by.name if replay.started_by else "",
        judgment=judgment,
        moves=tuple(_move(policies, replay.body, one, names) for one in replay.moves if one["organization"] in names),
        warned=tuple(
            WarnedRow(
                organization=names[one.organization_id][1],
                organization_id=names[one.organization_id][0],
                lost_on=one.lost_on,
                old=one.old,
                new=one.new,
            )
            for one in warned
            if one.organization_id in names
        ),
    )


def shadow_page(actor: Actor, name: str) -> ShadowPage:
    """The open shadow run of a scorecard. Raises Missing."""
    shadow = LabShadow.objects.select_related("started_by").filter(card=name, ended_at__isnull=True).first()
    if shadow is None:
        raise Missing(_("There is no shadow run of this scorecard."))
    rows = Snapshot.objects.visible_to(actor).on(shadow.last_day) if shadow.last_day else Snapshot.objects.none()
    fields = ("organization_id", "computed_band", "score")
    tried = {row[0]: row[1:] for row in rows.filter(card=shadow_card(name), occasion=SHADOW).values_list(*fields)}
    real = _real(rows, name, shadow)
    differing = [pk for pk in tried if pk in real and tried[pk][0] != real[pk][0]]
    names = _names(actor, differing[:SHOWN])
    return ShadowPage(
        shadow=shadow,
        label=words_of(shadow.body["label"]),
        by=shadow.started_by.name if shadow.started_by else "",
        total=len(tried),
        moves=tuple(
            MoveRow(
                organization=names[pk][1],
                organization_id=names[pk][0],
                before=band_chip(*real[pk]),
                after=band_chip(*tried[pk]),
                reason="",
            )
            for pk in differing
            if pk in names
        ),
    )


def _real(rows: Any, name: str, shadow: LabShadow) -> dict[int, tuple[str, Decimal | None]]:
    """What holds: by the scorecard itself where it is beside, else whatever makes the band."""
    daily = rows.daily()
    daily = daily.filter(card=name) if shadow.body.get("beside") else daily.filter(is_main=True)
    return {row[0]: row[1:] for row in daily.values_list("organization_id", "computed_band", "score")}


def _weekly(falls: int, judgment: Judgment) -> float:
    return falls / max(1, judgment.weeks - 1)


def _confusion(found: Confusion, by: str) -> ConfusionRow:
    return ConfusionRow(
        warning=_("Red") if found.line == STRICT else _("Yellow or red"),
        by=by,
        found=found,
        precision=_share(found.precision),
        recall=_share(found.recall),
    )


def _share(found: Share) -> str:
    """A share with what it leaves open; a dash of none."""
    if found.value is None:
        return "—"
    return _("%(share)s (%(low)s to %(high)s)") % {
        "share": spell_percent(found.value),
        "low": spell_percent(found.low),
        "high": spell_percent(found.high),
    }


def _names(actor: Actor, ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    rows = Organization.objects.visible_to(actor).filter(pk__in=set(ids)).values_list("pk", "public_id", "name")
    return {pk: (str(public_id), name) for pk, public_id, name in rows}


def _move(
    policies: HealthPolicies, body: Mapping[str, Any], one: Mapping[str, Any], names: Mapping[int, tuple[str, str]]
) -> MoveRow:
    public_id, name = names[one["organization"]]
    return MoveRow(
        organization=name,
        organization_id=public_id,
        before=band_chip(one["from"], Decimal(one["old"]) if one["old"] is not None else None),
        after=band_chip(one["to"], Decimal(one["new"]) if one["new"] is not None else None),
        reason=_reason(policies, body, one["movers"], one["vetoes"]),
    )


def _reason(
    policies: HealthPolicies, body: Mapping[str, Any], movers: Sequence[Sequence[str]], vetoes: Sequence[str]
) -> str:
    metrics = {entry["id"]: entry for group in body["groups"] for entry in group["measures"]}
    words = []
    for measure, by in movers:
        entry = metrics.get(measure)
        label = measure.replace("_", " ")
        if entry is not None:
            label = words_of(entry["label"]) if entry.get("label") else policies.metric_label(entry["metric"])
        sign = "+" if Decimal(by) > 0 else "\N{MINUS SIGN}"
        words.append(f"{label} {sign}{abs(Decimal(by))}")
    labels = {entry["id"]: words_of(entry["label"]) for entry in body.get("vetoes") or ()}
    words += [labels.get(veto, veto) for veto in vetoes]
    return "; ".join(words) or _("the lines between bands, or what has to be covered")

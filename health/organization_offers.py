"""What health adds to the page of an organization: a tab, a mark in its head, a panel, lines with a way to receipts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, Func, JSONField, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.rules.access import Actor
from common.addresses import address
from common.panels import Panel, PanelRequest, register
from common.targets import register_target
from health.policies import IN_FORCE, policies_of
from health.words import ICONS, TONES, band_label, short_reason, spell_score, trend_words
from partners.choices import EntryKind
from partners.models import Organization
from partners.selectors.marks import Mark, register_mark
from partners.selectors.timeline import TimelineLine
from partners.story_rows import register_link
from partners.tabs import Tab, register_tab

PAGE = "health:organization"
HEALTH = "health"


class _Together(Func):
    """Several values as one."""

    function = "jsonb_build_array"
    output_field = JSONField()


def offer() -> None:
    """Called once, when the app is ready."""
    register_link(EntryKind.HEALTH, _line)
    register_target("organization_health", _target)
    register_tab(Tab(key="health", label=gettext_lazy("Health"), icon="activity", url_name=PAGE, place=21))
    register_mark(
        Mark(
            key=HEALTH,
            label=gettext_lazy("Health"),
            icon="activity",
            read=_read,
            say=_say,
            url_name=PAGE,
            read_short=_read_short,
        )
    )
    register(
        Panel(
            key="health",
            slot="organization",
            title=gettext_lazy("Health"),
            template="health/panels/_organization.html",
            load=_panel,
            icon="activity",
        )
    )


def _line(line: TimelineLine) -> str:
    """A line of health opens the receipt of its day, where it names one; its page else."""
    day, organization = line.data.get("day"), line.data.get("organization")
    if not isinstance(organization, str):
        return ""
    page = address(PAGE, organization)
    return f"{page}?day={day}" if isinstance(day, str) else page


def _target(actor: Actor, pk: int) -> str | None:
    found = Organization.objects.opened_to(actor).filter(pk=pk).values_list("public_id", flat=True).first()
    return reverse(PAGE, args=[found]) if found else None


def _read(actor: Actor) -> _Together:
    return _Together(F("facts__health_band"), F("facts__health_score"))


def _say(found: Any) -> tuple[str, str] | None:
    band, score = (json.loads(found) if isinstance(found, str) else found) or ("", None)
    if band not in TONES:
        return None
    words = band_label(band)
    return (f"{words} {spell_score(Decimal(str(score)))}" if score is not None else words), TONES[band]


def _read_short(actor: Actor, now: datetime, since: datetime) -> _Together:
    """With the moments that every such expression is asked with, though health says the latest alone."""
    return _Together(
        F("facts__health_band"),
        F("facts__health_score"),
        F("facts__health_coverage"),
        F("facts__health_moved"),
        F("facts__health_changed_on"),
        F("facts__health_reason"),
        IN_FORCE,
        Value(now),
        Value(since),
    )


def _panel(request: PanelRequest) -> Mapping[str, Any] | None:
    found = request.known.get(HEALTH)
    if not found or found[0] not in TONES:
        return None
    band, score, coverage, moved, since, reason, in_force = found[:7]
    return {
        "band": band,
        "tone": TONES[band],
        "icon": ICONS[band],
        "word": band_label(band),
        "score": _decimal(score),
        "coverage": _decimal(coverage),
        "trend": trend_words(_decimal(moved)),
        "since": date.fromisoformat(since) if since else None,
        "reason": short_reason(reason or {}, policies_of(in_force), with_commercial=False),
        "url": address(PAGE, str(request.subject.public_id)),
    }


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))

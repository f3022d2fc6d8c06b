"""Alerts in words: causes, signals, states and their looks, from codes and figures to sentences."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from health.alert_choices import EpisodeState
from health.policies import HealthPolicies
from health.words import band_label, spell_score, value_words

CAUSES: Mapping[str, str | Promise] = {
    "health_fell": gettext_lazy("Health fell"),
    "service": gettext_lazy("Service"),
    "sentiment": gettext_lazy("Satisfaction"),
    "growth": gettext_lazy("Growth"),
    "adoption": gettext_lazy("Adoption"),
    "expansion": gettext_lazy("Expansion"),
    "evidence": gettext_lazy("Evidence"),
    "sponsor": gettext_lazy("Sponsor"),
    "renewal": gettext_lazy("Renewal"),
}
STATE_TONES: Mapping[str, str] = {
    EpisodeState.OPEN: "warning",
    EpisodeState.ACKNOWLEDGED: "info",
    EpisodeState.ACTED: "info",
    EpisodeState.CLOSED: "neutral",
}
SEVERITY_WORDS: Mapping[int, str | Promise] = {
    1: gettext_lazy("Minor"),
    2: gettext_lazy("Serious"),
    3: gettext_lazy("Grave"),
}
SEVERITY_TONES: Mapping[int, str] = {1: "neutral", 2: "warning", 3: "danger"}
SEVERITY_ICONS: Mapping[int, str] = {1: "info-circle", 2: "alert-circle", 3: "alert-triangle"}
_NAMED = 5


def cause_words(cause: str) -> str:
    """What a cause is called; one of a pack of the house's own as it is written there."""
    return str(CAUSES.get(cause) or cause.replace("_", " ").capitalize())


def signal_words(
    kind: str, facts: Mapping[str, Any], policies: HealthPolicies, *, with_commercial: bool, people: Mapping[int, str]
) -> str:
    """What a signal saw. `people`: names of contacts by their id, as far as the reader sees them."""
    say = _SAID.get(kind)
    return say(facts, policies, with_commercial, people) if say is not None else ""


def _fell(facts: Mapping[str, Any], *_rest: Any) -> str:
    words = {"before": band_label(facts.get("from", "")), "after": band_label(facts.get("to", ""))}
    score = _figure(facts.get("score"))
    if score is None:
        return _("From %(before)s to %(after)s") % words
    return _("From %(before)s to %(after)s, with a score of %(score)s") % (words | {"score": spell_score(score)})


def _dropped(facts: Mapping[str, Any], *_rest: Any) -> str:
    high, low = _figure(facts.get("from")), _figure(facts.get("to"))
    if high is None or low is None:
        return ""
    words = {"high": spell_score(high), "low": spell_score(low), "days": facts.get("days", "")}
    return _("From %(high)s, the best of %(days)s days, to %(low)s") % words


def _crossed(facts: Mapping[str, Any], policies: HealthPolicies, with_commercial: bool, *_rest: Any) -> str:
    metric = str(facts.get("metric", ""))
    if policies.is_commercial(metric) and not with_commercial:
        return _("A commercial figure crossed its line")
    unit = policies.unit(metric)
    is_floor = "at_least" in facts
    words = {
        "metric": policies.metric_label(metric),
        "value": value_words(facts.get("value"), unit),
        "line": value_words(facts.get("at_least" if is_floor else "at_most"), unit),
    }
    if is_floor:
        return _("%(metric)s: %(value)s, the line is %(line)s or more") % words
    return _("%(metric)s: %(value)s, the line is %(line)s or less") % words


def _stale(facts: Mapping[str, Any], policies: HealthPolicies, *_rest: Any) -> str:
    if "measures" in facts:
        names = ", ".join(policies.metric_label(one) for one in facts["measures"][:_NAMED])
        return _("Too old by now: %(names)s") % {"names": names}
    low, line = value_words(facts.get("to"), "percent"), value_words(facts.get("line"), "percent")
    return _("Only %(share)s of the evidence is fresh; %(line)s are needed") % {"share": low, "line": line}


def _left(facts: Mapping[str, Any], policies: HealthPolicies, with_commercial: bool, people: Mapping[int, str]) -> str:
    names = [people[pk] for pk in facts.get("contacts", ()) if pk in people]
    if not names:
        return _("A contact who decides or speaks for us has left")
    return _("Left: %(names)s") % {"names": ", ".join(names[:_NAMED])}


def _near(facts: Mapping[str, Any], policies: HealthPolicies, with_commercial: bool, *_rest: Any) -> str:
    words = {"band": band_label(facts.get("band", "")), "days": facts.get("days", "")}
    if not with_commercial:
        return _("A commercial figure crossed its line, and health is %(band)s") % words
    return _("The renewal is due in %(days)s days, and health is %(band)s") % words


def _figure(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value)) if value not in (None, "") else None
    except InvalidOperation:
        return None


_SAID: Mapping[str, Any] = {
    "band_fell": _fell,
    "score_fell": _dropped,
    "metric_crossed": _crossed,
    "went_stale": _stale,
    "sponsor_left": _left,
    "renewal_near": _near,
}


def whole_minutes(span: timedelta) -> timedelta:
    """A span as it is said: without seconds, at least a minute."""
    return max(timedelta(minutes=span // timedelta(minutes=1)), timedelta(minutes=1))

"""Scorecards and metrics in force, and their words in the reader's language.

Lists read which versions are in force along with their rows (`IN_FORCE`), and parse what they do not know yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from django.db.models import QuerySet, TextField
from django.db.models.expressions import RawSQL
from django.utils.translation import get_language

from common import composed
from common.models import PolicyVersion
from common.packs import PackError
from common.policy_cache import policy_of_id, policy_of_version
from health.rules.alert_packs import AlertPolicy
from health.rules.metric_packs import Metric, MetricPolicy
from health.rules.scorecard_packs import Group, Measure, Scorecard
from partners.rules.classification import label_in
from partners.rules.classification_packs import Label

PREFIX = "scorecard."
# One text for all packs: read with every row of a list, and made once by the database.
IN_FORCE = RawSQL(
    "SELECT string_agg(concat_ws(' ', version.name, version.id, version.checksum), '\n' ORDER BY version.name)"
    " FROM common_policyversion version"
    " WHERE version.is_active AND (version.kind = 'scorecard' OR version.name IN ('metrics', 'alerts'))",
    [],
    output_field=TextField(),
)
# Under which key samples of each metric stand, and what several of them make together.
REGISTERED = RawSQL(
    "SELECT string_agg(concat_ws(' ', registered.key, registered.id, registered.combine), '\n')"
    " FROM health_metric registered",
    [],
    output_field=TextField(),
)


@dataclass(frozen=True)
class HealthPolicies:
    """What is in force: scorecards by their name without the prefix, the metrics and the rules of alerts.

    `registered`: the key of each metric in the database with how its samples combine, for whoever computes; None where
    that was not read along.
    """

    cards: Mapping[str, Scorecard]
    metrics: Mapping[str, Metric]
    alerts: AlertPolicy | None = None
    registered: Mapping[str, tuple[int, str]] | None = None

    @cached_property
    def main_cards(self) -> Mapping[str, Scorecard]:
        """Those that make a band."""
        return {name: card for name, card in self.cards.items() if not card.is_beside}

    def card(self, name: str) -> Scorecard | None:
        return self.cards.get(name.removeprefix(PREFIX))

    def metric_label(self, key: str) -> str:
        """What a metric is called; its key where the pack has it no longer."""
        found = self.metrics.get(key)
        return words_of(found.label) if found else key.replace("_", " ")

    def is_commercial(self, key: str) -> bool:
        found = self.metrics.get(key)
        return found is not None and found.is_commercial

    def unit(self, key: str) -> str:
        found = self.metrics.get(key)
        return found.unit if found else ""

    def measure_label(self, card: Scorecard | None, measure_id: str, metric: str) -> str:
        """What a measure is called: its own label, or that of its metric."""
        found = measure_of(card, measure_id)
        return words_of(found.label) if found is not None and found.label else self.metric_label(metric)


NOTHING_IN_FORCE = HealthPolicies({}, {})


def policies_in_force() -> HealthPolicies:
    """One statement."""
    rows = composed.fetch(_in_force)
    return policies_of(*rows[0]) if rows else NOTHING_IN_FORCE


@lru_cache(maxsize=32)
def policies_of(text: str | None, registered: str | None = None) -> HealthPolicies:
    """The policies that a text of `IN_FORCE` names, with the metrics that one of `REGISTERED` does."""
    cards: dict[str, Scorecard] = {}
    metrics: Mapping[str, Metric] = {}
    alerts: AlertPolicy | None = None
    for line in (text or "").splitlines():
        name, version_id, checksum = line.split(" ")
        found = policy_of_id(int(version_id), checksum)
        if isinstance(found, Scorecard):
            cards[name.removeprefix(PREFIX)] = found
        elif isinstance(found, MetricPolicy):
            metrics = found.metrics
        elif isinstance(found, AlertPolicy):
            alerts = found
    return HealthPolicies(cards, metrics, alerts, _registered(registered) if registered else None)


def _registered(text: str) -> dict[str, tuple[int, str]]:
    rows = (line.split(" ") for line in text.splitlines())
    return {key: (int(pk), combine) for key, pk, combine in rows}


def card_of_version(name: str, version: int) -> Scorecard | None:
    """A version of a scorecard, in force or not. One statement; None for one that is gone or unreadable."""
    try:
        found = policy_of_version(PREFIX + name.removeprefix(PREFIX), version)
    except (PolicyVersion.DoesNotExist, PackError):
        return None
    return found if isinstance(found, Scorecard) else None


def measure_of(card: Scorecard | None, measure_id: str) -> Measure | None:
    return next((one for one in card.measures if one.id == measure_id), None) if card is not None else None


def group_of(card: Scorecard | None, group_id: str) -> Group | None:
    return next((one for one in card.groups if one.id == group_id), None) if card is not None else None


def group_label(card: Scorecard | None, group_id: str) -> str:
    found = group_of(card, group_id)
    return words_of(found.label) if found is not None else group_id.replace("_", " ").capitalize()


def words_of(label: Label) -> str:
    """A label of a pack in the reader's language."""
    return label_in(label, get_language() or "en")


def _in_force() -> QuerySet[PolicyVersion, tuple[str, str]]:
    found = PolicyVersion.objects.filter(name="metrics").annotate(known=IN_FORCE, registered=REGISTERED)
    return found.order_by().values_list("known", "registered")[:1]

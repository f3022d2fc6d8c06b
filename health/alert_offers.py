"""What alerts offer to the rest of the hub: targets of notices, listening to computations, what a new pack would do."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.rules.access import Actor
from common.pack_impacts import PackImpact, register_pack_impact
from common.packs import Body
from common.targets import register_target
from health import alert_panels
from health.alert_permissions import can_read_quality
from health.alert_policy import PACK, alert_policy
from health.models import Episode
from health.policies import policies_in_force
from health.rules.alert_packs import AlertPolicy, parse_alerts
from health.rules.alert_signals import MetricCrossed, WentStale
from health.services import alerts
from health.services.scores import on_computed
from partners.services.plays import plays_in_force


def offer() -> None:
    """Called once, when the app is ready."""
    register_target("episode", _episode)
    register_target("alert_rule", _rule)
    register_target("alert_digest", _digest)
    register_pack_impact(PACK, of_pack)
    on_computed(alerts.hear_outcomes)
    alert_panels.offer()


def _episode(actor: Actor, pk: int) -> str | None:
    found = Episode.objects.visible_to(actor).filter(pk=pk).values_list("public_id", flat=True).first()
    return reverse("health:episode", args=[found]) if found is not None else None


def _rule(actor: Actor, pk: int) -> str | None:
    return reverse("health:alert_quality") if can_read_quality(actor) else None


def _digest(actor: Actor, pk: int) -> str | None:
    return reverse("health:triage") + "?show=held" if actor.is_staff and actor.user_id == pk else None


def of_pack(body: Body, now: datetime) -> list[PackImpact]:
    """What the rules name that is not there, and the open alerts of rules that would be gone."""
    policy = parse_alerts(body, version=0)
    return [*_unknown(policy), *_gone(policy)]


def _unknown(policy: AlertPolicy) -> Iterable[PackImpact]:
    known, plays = policies_in_force(), plays_in_force()
    measures = {measure.id for card in known.cards.values() for measure in card.measures}
    for rule in policy.rules.values():
        signal = rule.signal
        if isinstance(signal, MetricCrossed) and signal.metric not in known.metrics:
            words = {"rule": rule.id, "name": signal.metric}
            yield PackImpact(text=_("%(rule)s: there is no metric %(name)s, so it never fires.") % words, tone="danger")
        if isinstance(signal, WentStale) and (missing := sorted(signal.measures - measures)):
            words = {"rule": rule.id, "name": ", ".join(missing)}
            yield PackImpact(text=_("%(rule)s: no scorecard has the measure %(name)s.") % words, tone="warning")
        if rule.play and (plays is None or rule.play not in plays.plays):
            words = {"rule": rule.id, "name": rule.play}
            yield PackImpact(text=_("%(rule)s: there is no play %(name)s to start.") % words, tone="warning")


def _gone(policy: AlertPolicy) -> Iterable[PackImpact]:
    present = alert_policy()
    if present is None:
        return
    causes = {rule.cause for rule in policy.rules.values()}
    count = Episode.objects.unfinished().exclude(cause__in=causes).count()
    if count:
        text = ngettext(
            "%(count)d open alert has a cause that no rule names any longer; it stays open.",
            "%(count)d open alerts have causes that no rule names any longer; they stay open.",
            count,
        )
        yield PackImpact(text=text % {"count": count}, tone="warning", url=reverse("health:triage"))

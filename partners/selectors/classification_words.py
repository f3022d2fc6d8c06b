"""A receipt in a sentence: which rule gave the value, with the figures it compared for those who may read them."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.labels import joined, kind_label
from common.templatetags.format import spell_day, spell_money, spell_number
from partners.choices import Dimension, MarketSegment
from partners.classification_policy import PolicyInForce
from partners.rules.classification import Rule

FACTS = {
    "ccv": gettext_lazy("committed contract value"),
    "country_lrp": gettext_lazy("long-range plan of the country"),
    "arr": gettext_lazy("annual recurring revenue"),
    "engagement_tier": gettext_lazy("engagement tier"),
    "market_segment": gettext_lazy("market segment"),
}
# Whose figures are commercial; tiers and segments themselves are not.
_AMOUNTS = frozenset({Rule.AT_LEAST, Rule.SHARE_AT_LEAST, Rule.BELOW_ALL})

Params = Mapping[str, Any]


def rule_in_words(rule: str, params: Params, in_force: PolicyInForce, *, with_amounts: bool) -> str:
    """The sentence for a rule of a receipt; without amounts it names the facts and no figure."""
    known = Rule(rule)
    if known in _AMOUNTS and not with_amounts:
        facts = [params["fact"], *([params["of_fact"]] if params.get("of_fact") else [])]
        return _("Computed from the %(facts)s.") % {"facts": joined(str(FACTS[fact]) for fact in facts)}
    return _WORDS[known](params, in_force)


def conversion_in_words(params: Params) -> str:
    """How an amount in another currency was converted; "" where it was not."""
    if "converted" not in params:
        return ""
    return _("%(amount)s are %(converted)s at the rate %(rate)s of %(day)s.") % {
        "amount": _money(params, "amount", "currency"),
        "converted": _money(params, "converted", "threshold_currency"),
        "rate": params["rate"],
        "day": spell_day(date.fromisoformat(params["rate_on"])),
    }


def _money(params: Params, amount: str, currency: str) -> str:
    return spell_money(Decimal(str(params[amount])), str(params[currency]))


def _at_least(params: Params, in_force: PolicyInForce) -> str:
    return _("The %(fact)s of %(amount)s reaches %(threshold)s.") % {
        "fact": FACTS[params["fact"]],
        "amount": _money(params, "amount", "currency"),
        "threshold": _money(params, "threshold", "threshold_currency"),
    }


def _share(params: Params, in_force: PolicyInForce) -> str:
    return _("The %(fact)s of %(amount)s is at least %(percent)s %% of %(whole)s, the %(of_fact)s.") % {
        "fact": FACTS[params["fact"]],
        "amount": _money(params, "amount", "currency"),
        "percent": spell_number(Decimal(str(params["percent"]))),
        "whole": _money(params, "of_amount", "currency"),
        "of_fact": FACTS[params["of_fact"]],
    }


def _below(params: Params, in_force: PolicyInForce) -> str:
    words = {"fact": FACTS[params["fact"]], "amount": _money(params, "amount", "currency")}
    if params.get("threshold") is None:
        return _("The %(fact)s is %(amount)s; no step is higher.") % words
    threshold = _money(params, "threshold", "threshold_currency")
    if params.get("percent") is None:
        return _("The %(fact)s of %(amount)s is below %(threshold)s.") % {**words, "threshold": threshold}
    return _("The %(fact)s of %(amount)s is below %(threshold)s and below %(percent)s %% of the %(of_fact)s.") % {
        **words,
        "threshold": threshold,
        "percent": spell_number(Decimal(str(params["percent"]))),
        "of_fact": FACTS[params["of_fact"]],
    }


def _fits(params: Params, in_force: PolicyInForce) -> str:
    tier = in_force.label(Dimension.ENGAGEMENT_TIER, params["engagement_tier"])
    segment = _segment(params.get("market_segment", ""))
    if params.get("undecided_by"):
        return _("Follows from engagement tier %(tier)s; the market segment is not recorded and may change it.") % {
            "tier": tier
        }
    if not segment:
        return _("Follows from engagement tier %(tier)s.") % {"tier": tier}
    words = {"tier": tier, "segment": segment}
    return _("Follows from engagement tier %(tier)s and market segment %(segment)s.") % words


def _no_fit(params: Params, in_force: PolicyInForce) -> str:
    tier = in_force.label(Dimension.ENGAGEMENT_TIER, params["engagement_tier"])
    segment = _segment(params.get("market_segment", "")) or _("not recorded")
    words = {"tier": tier, "segment": segment}
    return _("No gemstone fits engagement tier %(tier)s with market segment %(segment)s.") % words


def _segment(value: str) -> str:
    return str(MarketSegment(value).label) if value in MarketSegment.values else value


def _missing(params: Params, in_force: PolicyInForce) -> str:
    facts = joined(str(FACTS.get(fact, fact)) for fact in params["facts"])
    return _("Not known yet: %(facts)s.") % {"facts": facts}


def _no_rate(params: Params, in_force: PolicyInForce) -> str:
    return _("There is no rate from %(currency)s to %(wanted)s.") % {
        "currency": params["currency"],
        "wanted": params["threshold_currency"],
    }


_WORDS: dict[Rule, Callable[[Params, PolicyInForce], str]] = {
    Rule.AT_LEAST: _at_least,
    Rule.SHARE_AT_LEAST: _share,
    Rule.BELOW_ALL: _below,
    Rule.FITS: _fits,
    Rule.NO_FIT: _no_fit,
    Rule.MISSING: _missing,
    Rule.NO_RATE: _no_rate,
    Rule.OVERRIDE: lambda params, in_force: _("Set by hand: %(reason)s") % {"reason": params["reason"]},
    Rule.NOT_APPLICABLE: lambda params, in_force: (
        _("%(kind)s: this does not apply.") % {"kind": kind_label(params["kind"])}
    ),
    Rule.NO_POLICY: lambda params, in_force: _("No policy is loaded for this."),
}

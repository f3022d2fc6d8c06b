""" "Why is this grey?": the band of an organization with its reason, from the receipt that made it."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from common import composed
from common.templatetags.format import spell_day
from health.policies import IN_FORCE, policies_of
from health.words import band_label, short_reason, spell_score
from partners.models import Organization


def health_sentences(organization: Organization) -> list[str]:
    """What the health of an organization is and why, for somebody who opens it in full. One statement.

    Figures of commercial measures are left to the receipt, which knows who reads them.
    """
    for values in composed.records(_facts, gaps=(organization.pk,)):
        band, score = values["facts__health_band"], values["facts__health_score"]
        if not band:
            return []
        words = {"band": band_label(band), "day": spell_day(values["facts__health_changed_on"])}
        said = _("Its health is %(band)s since %(day)s.") % words
        if score is not None:
            said = _("Its health is %(band)s since %(day)s, with a score of %(score)s.") % {
                **words,
                "score": spell_score(score),
            }
        policies = policies_of(values["in_force"])
        return [said, short_reason(values["facts__health_reason"] or {}, policies, with_commercial=False)]
    return []


def _facts(pk: int) -> "QuerySet[Any, Any]":
    names = ("facts__health_band", "facts__health_score", "facts__health_changed_on", "facts__health_reason")
    return Organization.objects.filter(pk=pk).annotate(in_force=IN_FORCE).order_by().values(*names, "in_force")

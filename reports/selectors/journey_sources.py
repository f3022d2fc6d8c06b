"""Rows about stages and gates."""

from __future__ import annotations

from collections.abc import Mapping

from partners.choices import OrganizationKind, Stage
from reports.selectors.source import KEPT, Source, Thing, select

_LIVE = Source(
    thing=Thing.ORGANIZATION,
    organization="p.organization_id",
    text=select("p.organization_id", "%(day)s::date", "1", "1", "p.organization_id")
    + " FROM partners_stageperiod p JOIN partners_organization g ON g.id = p.organization_id WHERE {scope}"
    + f" AND g.kind = '{OrganizationKind.PARTNER}' AND p.stage = '{Stage.POST_LAUNCH}' AND p.entered_at < %(until)s"
    + " AND (p.left_at IS NULL OR p.left_at >= %(until)s)"
    + f" AND {KEPT}",
)

FLOWS: Mapping[str, Source] = {}
STATES: Mapping[str, Source] = {"partners_live": _LIVE}

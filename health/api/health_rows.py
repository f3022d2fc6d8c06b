"""What serializers of health read: dictionaries of states and receipts, within what the caller may read."""

from collections.abc import Mapping
from typing import Any

from health.policies import HealthPolicies
from health.selectors.portfolio import group_cells
from health.selectors.receipt import HealthPage, ShownSnapshot
from health.selectors.receipt_lines import holding_vetoes
from health.words import reason_words


def state_data(values: Mapping[str, Any], policies: HealthPolicies) -> dict[str, Any]:
    """One row of the list of states."""
    card = policies.card(values["card"])
    reason = values["reason"] or {}
    return {
        **{name: values[name] for name in ("score", "coverage", "band", "computed_band", "band_since", "moved", "day")},
        "organization_id": values["organization__public_id"],
        "name": values["organization__name"],
        "kind": values["organization__kind"],
        "stage": values["organization__stage"],
        "scorecard": values["card"],
        "reason": {
            "code": reason.get("code", ""),
            "text": reason_words(reason, policies, with_commercial=bool(values["shows_commercial"])),
        },
        "groups": [
            {"group": cell.group, "label": cell.label, "points": cell.points, "coverage": cell.coverage}
            for cell in group_cells(card, values["groups"] or ())
        ],
    }


def receipt_data(found: HealthPage, shown: ShownSnapshot) -> dict[str, Any]:
    """One receipt; raw values of commercial metrics are left out for those who do not read them."""
    receipt, policies = shown.receipt, found.policies
    opens = found.page.shows_commercial
    parts = []
    for part in receipt.scored.parts:
        is_closed = policies.is_commercial(part.metric) and not opens
        told = {
            name: getattr(part, name) for name in ("measure", "group", "metric", "points", "weight", "contribution")
        }
        told |= {name: getattr(part, name) for name in ("state", "count", "newest_at", "window_from")}
        told |= {"raw": None if is_closed else part.raw}
        parts.append(told | {"label": policies.measure_label(shown.card, part.measure, part.metric)})
    vetoes = zip(receipt.scored.vetoes, holding_vetoes(receipt, shown.card, policies), strict=True)
    return {
        **{name: getattr(shown, name) for name in ("day", "occasion", "score", "coverage", "band", "computed_band")},
        "organization_id": found.page.row.public_id,
        "scorecard": receipt.card_key,
        "scorecard_version": receipt.card_version,
        "parts": parts,
        "vetoes": [
            {"veto": veto.veto, "label": words.label, "cap": veto.cap, "is_stale": veto.is_stale}
            for veto, words in vetoes
        ],
        "change": receipt.change,
        "inputs_hash": receipt.inputs_hash,
        "computed_at": shown.computed_at,
    }

"""What files of health hold: the heat map, what is at risk, what moved, the history of one organization."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from common.export import ExportColumn
from health.lists import HEAT, MOVES
from health.policies import HealthPolicies, words_of
from health.selectors.portfolio import HealthRow
from health.words import band_label


def columns_of(mode: str, policies: HealthPolicies) -> Sequence[ExportColumn]:
    """The columns of a file of the portfolio; that of the heat map has one for each group of any scorecard."""
    columns = [
        ExportColumn(label=_("Id"), value=lambda row: row.public_id),
        ExportColumn(label=_("Organization"), value=lambda row: row.name),
        ExportColumn(label=_("Kind"), value=lambda row: row.kind_label),
        ExportColumn(label=_("Stage"), value=lambda row: row.stage_label),
        ExportColumn(label=_("Owner"), value=lambda row: row.owner),
        ExportColumn(label=_("Scorecard"), value=lambda row: row.card),
        ExportColumn(label=_("Band"), value=lambda row: band_label(row.band)),
        ExportColumn(label=_("Computed band"), value=lambda row: band_label(row.computed_band)),
        ExportColumn(label=_("Score"), value=lambda row: row.score),
        ExportColumn(label=_("Coverage"), value=lambda row: row.coverage),
        ExportColumn(label=_("Moved"), value=lambda row: row.moved),
        ExportColumn(label=_("Since"), value=lambda row: row.band_since),
    ]
    if mode == HEAT:
        return [*columns, *_groups(policies)]
    columns.append(ExportColumn(label=_("Why"), value=lambda row: row.reason))
    if mode == MOVES:
        return [*columns, ExportColumn(label=_("Before"), value=lambda row: band_label(row.band_before))]
    return [
        *columns,
        ExportColumn(label=_("Next step"), value=lambda row: row.next_step or row.episode_state),
        ExportColumn(label=_("ARR at stake"), value=lambda row: row.arr),
        ExportColumn(label=_("Currency"), value=lambda row: row.currency if row.arr is not None else ""),
    ]


def _groups(policies: HealthPolicies) -> list[ExportColumn]:
    labels = {group.id: words_of(group.label) for card in policies.main_cards.values() for group in card.groups}
    return [ExportColumn(label=label, value=_points(group)) for group, label in labels.items()]


def _points(group: str) -> Callable[[HealthRow], Decimal | None]:
    return lambda row: next((cell.points for cell in row.cells if cell.group == group), None)


def history_columns() -> Sequence[ExportColumn]:
    """One snapshot a row."""
    return [
        ExportColumn(label=_("Day"), value=lambda point: point.day),
        ExportColumn(label=_("Occasion"), value=lambda point: point.occasion),
        ExportColumn(label=_("Score"), value=lambda point: point.score),
        ExportColumn(label=_("Coverage"), value=lambda point: point.coverage),
        ExportColumn(label=_("Band"), value=lambda point: band_label(point.band)),
        ExportColumn(label=_("Computed band"), value=lambda point: band_label(point.computed_band)),
        ExportColumn(label=_("Scorecard"), value=lambda point: point.card),
        ExportColumn(label=_("Version"), value=lambda point: point.card_version),
    ]

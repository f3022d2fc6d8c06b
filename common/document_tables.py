"""How the columns of a table share its width, on paper and on slides alike."""

from common.document import Table
from common.text_size import width

# No column is so narrow that its words stand one by one, and none takes the room of all others.
_NARROWEST, _WIDEST, _PADDING = 4, 38, 2.6


def shares(table: Table) -> list[float]:
    """A share for each column, by the longest that stands in it, within limits."""
    cells = ([column.title, *(row[at] for row in table.rows)] for at, column in enumerate(table.columns))
    longest = (max(width(cell, 1) for cell in one) for one in cells)
    return [round(min(max(wide, _NARROWEST), _WIDEST) + _PADDING, 2) for wide in longest]

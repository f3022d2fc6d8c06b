"""Which organization a row of a file means: by its external key, by its name where nobody else has it."""

from collections.abc import Mapping, Sequence
from typing import Any

from accounts.rules.access import Actor
from health.rules.sample_reading import Home
from health.services.ingest import Homes, homes_of


def homes_by_key(field: str, by: Actor | None, *, source: str = "") -> Homes:
    """By external key, of one tool if `source` is given; else by name too. What several have names none of them."""

    def homes(rows: Sequence[Any]) -> Mapping[str, Home]:
        names = {name for row in rows if isinstance(row, Mapping) and isinstance(name := row.get(field), str)}
        found = _unique(homes_of(by), "external_key", names, source)
        return found if source else _unique(homes_of(by), "name", names - set(found), "") | found

    return homes


def _unique(rows: Any, column: str, names: set[str], source: str) -> dict[str, Home]:
    if not names:
        return {}
    chosen = rows.filter(**{f"{column}__in": names})
    if source:
        chosen = chosen.filter(source=source)
    found: dict[str, Home] = {}
    twice: set[str] = set()
    for name, pk, start in chosen.values_list(column, "pk", "start"):
        twice |= {name} & set(found)
        found[name] = Home(id=pk, started_at=start)
    return {name: home for name, home in found.items() if name not in twice}

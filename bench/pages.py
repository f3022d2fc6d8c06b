"""What is measured, for whom, against which floor and within which bar (spec: speed)."""

from dataclasses import dataclass
from urllib.parse import quote

from bench.world import Cast


@dataclass(frozen=True, kw_only=True)
class Page:
    """`floor` is an address below /floor/; `bar` the largest ratio of medians; `statements` the most SQL statements."""

    name: str
    path: str
    who: str
    floor: str
    bar: float
    statements: int


def pages(cast: Cast, deep: str) -> tuple[Page, ...]:
    """The pages of the issue. `deep` is the address of a page far down the manager's list."""
    rows = "lean/rows/?limit=50"
    own = f"lean/rows/?limit=50&user={cast.tam_id}"
    one = "lean/rows/?limit=10"
    organization = f"/organizations/{cast.organization}/"
    common, rare = "industries", "zephyrium"
    return (
        Page(name="TAM home", path="/", who="tam", floor=own, bar=2.5, statements=10),
        Page(name="Manager's home", path="/", who="manager", floor="lean/totals/", bar=2.0, statements=10),
        Page(
            name="Organizations, first page", path="/organizations/", who="manager", floor=rows, bar=2.0, statements=6
        ),
        Page(name="Organizations, deep page", path=deep, who="manager", floor=rows, bar=2.0, statements=6),
        Page(name="Organization page", path=organization, who="tam", floor=one, bar=2.0, statements=10),
        Page(
            name="Organization timeline", path=f"{organization}timeline/", who="tam", floor=rows, bar=2.0, statements=10
        ),
        Page(
            name="Palette, common term",
            path=f"/palette/?q={common}",
            who="manager",
            floor="lean/find/?like=a",
            bar=2.0,
            statements=10,
        ),
        Page(
            name="Palette, rare term",
            path=f"/palette/?q={rare}",
            who="manager",
            floor="lean/find/?like=a",
            bar=2.0,
            statements=10,
        ),
        Page(name="API list", path="/api/v1/organizations/", who="manager", floor=rows, bar=2.0, statements=6),
        Page(
            name="Explainer",
            path=f"/why/?q={quote(cast.organization_name)}",
            who="tam",
            floor=one,
            bar=2.0,
            statements=10,
        ),
    )

"""What is measured, for whom, against which floor and within which bar (spec: speed)."""

import json
import re
from dataclasses import dataclass
from urllib.parse import quote

from bench.world import Cast

# Rows as a page shows them in its main part: of tables, of lists, of facts, of results, of sentences. Not its ways on.
_ROW = re.compile(rb'<tr data-row|<li(?! class="timeline-more")\b|<div><dt>|role="option"|<p>')
_WAYS = re.compile(rb"<nav.*?</nav>", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Page:
    """`floor` names the query of its floor; `bar` is the largest ratio of medians; `statements` the most SQL."""

    name: str
    path: str
    who: str
    floor: str
    bar: float
    statements: int


def rows_in(body: bytes) -> int:
    """How many rows a page shows; as many has its floor. At least one."""
    if body.startswith(b"{"):
        return len(json.loads(body)["results"])
    begin = body.find(b"<main")
    main = body[begin : body.find(b"</main", begin)] if begin >= 0 else body
    return max(len(_ROW.findall(_WAYS.sub(b"", main))), 1)


def pages(cast: Cast, deep: str) -> tuple[Page, ...]:
    """The pages of the issue. `deep` is the address of a page far down the manager's list."""
    organization = f"/organizations/{cast.organization}/"
    listed = ("/organizations/", deep)
    why = f"/why/?q={quote(cast.organization_name)}"
    return (
        _page("TAM home", "/", "tam", bar=2.5),
        _page("Manager's home", "/", "manager", floor="home"),
        _page("Organizations, first page", listed[0], "manager", statements=6),
        _page("Organizations, deep page", listed[1], "manager", statements=6),
        _page("Organization page", organization, "tam"),
        _page("Organization timeline", f"{organization}timeline/", "tam"),
        _page("Palette, common term", "/palette/?q=industries", "manager", floor="find"),
        _page("Palette, rare term", "/palette/?q=zephyrium", "manager", floor="find"),
        _page("API list", "/api/v1/organizations/", "manager", statements=6),
        _page("Explainer", why, "tam"),
    )


def _page(name: str, path: str, who: str, *, floor: str = "rows", bar: float = 2.0, statements: int = 10) -> Page:
    return Page(name=name, path=path, who=who, floor=floor, bar=bar, statements=statements)

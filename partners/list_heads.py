"""What stands over a list of organizations, of today or of a past day: heads that sort, and the switch of whose."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.listing import ListQuery
from partners import filters

SORT = "sort"


@dataclass(frozen=True, kw_only=True)
class Head:
    """The head of a column, as the component tag takes it."""

    label: str
    url: str
    direction: str
    css: str


@dataclass(frozen=True, kw_only=True)
class ScopeLink:
    label: str
    url: str
    is_active: bool


def head_of(label: str, sort: str, css: str, sorted_by: str, query: ListQuery, path: str) -> Head:
    """A click sorts by `sort`, the other way around where the list is already; no click where it is empty."""
    turned = f"-{sort}" if sorted_by == sort else sort
    return Head(
        label=label,
        url=query.changed(**{SORT: turned}).on(path) if sort else "",
        direction={sort: "ascending", f"-{sort}": "descending"}.get(sorted_by, "") if sort else "",
        css=css,
    )


def scope_links(query: ListQuery, actor: Actor, path: str, *, everything: ListQuery) -> list[ScopeLink]:
    """All, mine, my team; `everything` is the address of all of them where no other limit is left."""
    everybody = query.without(filters.MINE, filters.TEAM)
    # Another team is no place of the switch; a chip names it.
    team = query.get(filters.TEAM)
    is_mine, is_team = bool(query.get(filters.MINE)) and not team, team == "1"
    links = [
        (_("All"), everybody if everybody.pairs else everything, not is_mine and not team),
        (_("Mine"), everybody.changed(mine="1"), is_mine),
    ]
    if actor.led_user_ids:
        links.append((_("My team"), everybody.changed(team="1"), is_team))
    return [ScopeLink(label=label, url=found.on(path), is_active=active) for label, found, active in links]

"""The tabs of an organization's page; upper floors add theirs. Which come first depends on what one does there."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.addresses import address
from partners.selectors.page import OrganizationPage


@dataclass(frozen=True, kw_only=True)
class Tab:
    """`is_shown` decides by the page's own rights; `place` orders tabs that no role puts elsewhere."""

    key: str
    label: str | Promise
    icon: str
    url_name: str
    place: int
    is_shown: Callable[[OrganizationPage], bool] = lambda page: page.is_open


@dataclass(frozen=True, kw_only=True)
class ShownTab:
    """What the tabs component reads."""

    label: str
    url: str
    icon: str
    is_active: bool


_tabs: dict[str, Tab] = {}

# What each role works with comes right after the overview.
_FIRST: dict[str, tuple[str, ...]] = {
    "tam": ("timeline", "people"),
    "csm": ("timeline", "commercial"),
    "csmlead": ("commercial", "people"),
    "manager": ("commercial", "journey"),
    "integration": ("people", "timeline"),
}


def register_tab(tab: Tab) -> None:
    """Offer a tab; called in AppConfig.ready() of the app that has its page."""
    _tabs[tab.key] = tab


def tabs_of(page: OrganizationPage, active: str, *, suffix: str = "") -> list[ShownTab]:
    """The tabs that the page's reader may open, in the order of their role."""
    shown = [tab for tab in _tabs.values() if tab.is_shown(page)]
    first = _first_keys(page.actor.active_roles)
    shown.sort(key=lambda tab: (first.index(tab.key) if tab.key in first else len(first), tab.place))
    return [
        ShownTab(
            label=str(tab.label),
            url=address(tab.url_name, page.row.public_id) + suffix,
            icon=tab.icon,
            is_active=tab.key == active,
        )
        for tab in shown
    ]


def _first_keys(roles: Iterable[str]) -> list[str]:
    keys = (key for role in _FIRST if role in roles for key in _FIRST[role])
    return list(dict.fromkeys(("overview", *keys)))


for _tab in (
    Tab(
        key="overview",
        label=_("Overview"),
        icon="layout-dashboard",
        url_name="partners:organization",
        place=0,
        is_shown=lambda page: True,
    ),
    Tab(key="journey", label=_("Journey"), icon="route", url_name="partners:organization_journey", place=10),
    Tab(key="tasks", label=_("Tasks"), icon="checklist", url_name="partners:organization_tasks", place=15),
    Tab(
        key="commitments",
        label=_("Commitments"),
        icon="heart-handshake",
        url_name="partners:organization_commitments",
        place=35,
    ),
    Tab(
        key="timeline",
        label=_("Timeline"),
        icon="timeline",
        url_name="partners:organization_timeline",
        place=20,
        is_shown=lambda page: True,
    ),
    Tab(key="people", label=_("People"), icon="users", url_name="partners:organization_people", place=30),
    Tab(key="record", label=_("Record"), icon="address-book", url_name="partners:organization_record", place=32),
    Tab(
        key="commercial",
        label=_("Commercial"),
        icon="coin",
        url_name="partners:organization_commercial",
        place=40,
        is_shown=lambda page: page.is_open and page.shows_commercial,
    ),
    Tab(
        key="success_plans",
        label=_("Success plan"),
        icon="target-arrow",
        url_name="partners:organization_success_plans",
        place=36,
    ),
    Tab(key="enablement", label=_("Enablement"), icon="school", url_name="partners:organization_enablement", place=38),
    Tab(key="reviews", label=_("Reviews"), icon="report-analytics", url_name="partners:organization_reviews", place=45),
    Tab(key="feedback", label=_("Feedback"), icon="message", url_name="partners:organization_feedback", place=60),
    Tab(
        key="growth",
        label=_("Growth"),
        icon="chart-line",
        url_name="partners:organization_growth",
        place=42,
        is_shown=lambda page: page.is_open and page.shows_commercial,
    ),
    Tab(key="history", label=_("History"), icon="history", url_name="partners:organization_history", place=90),
):
    register_tab(_tab)

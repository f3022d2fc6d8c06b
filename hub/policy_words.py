"""Policy packs in words: what a pack is about, how a change reads, and the lines around a mistake."""

from dataclasses import dataclass
from textwrap import dedent
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.pack_diff import Change, ChangeKind
from common.pack_files import PackFileError, dump_pack
from common.packs import Body, PackError, canonical_json, kind_of

_FIGURES = _("What each figure is, what it should come to, and which report shows it.")
_CARD = _("How metrics become points, a score and a band.")
ABOUT: dict[str, tuple[str | Promise, str | Promise]] = {
    "alerts": (_("Alerts"), _("What alarms us about an organization, who answers within what, and how many in a day.")),
    "automation": (_("Automation of tickets"), _("What happens to tickets by themselves, and when.")),
    "access": (_("Roles and access"), _("Who sees and does what.")),
    "cadence": (_("Cadence"), _("How often whom is met, and for how long.")),
    "capacity": (_("Capacity"), _("What work of each kind takes, and how many organizations one carries.")),
    "customer_journey": (
        _("Journey of customers"),
        _("The stages of a customer account with their checklists and gates."),
    ),
    "customer_record": (
        _("Customer record"),
        _("What is to be known of an organization, and how long it stays fresh."),
    ),
    "gemstones": (_("Gemstones"), _("Groups of customer accounts and what they get.")),
    "guides": (_("Guides"), _("How the work of each gate is done, who keeps it and when it is looked over.")),
    "handoffs": (_("Handoffs"), _("What changes hands between whom, and how long its receiver has.")),
    "incidents": (_("Incidents"), _("How bad an incident is, how often one hears of it, and what follows.")),
    "interactions": (_("Interactions"), _("Templates for what is logged of calls, meetings and visits.")),
    "kpis.csm": (_("Figures: customer success"), _FIGURES),
    "kpis.executive": (_("Figures: executive overview"), _FIGURES),
    "kpis.onboarding": (_("Figures: onboarding"), _FIGURES),
    "kpis.pdm": (_("Figures: PDM Analytics"), _FIGURES),
    "kpis.psm": (_("Figures: PSM Analytics"), _FIGURES),
    "kpis.support": (_("Figures: support"), _FIGURES),
    "kpis.tam": (_("Figures: TAM Analytics"), _FIGURES),
    "kpis.technical": (_("Figures: technical success"), _FIGURES),
    "kpis.tpm": (_("Figures: TPM Analytics"), _FIGURES),
    "metrics": (_("Metrics"), _("What is measured of organizations, and what each of it means.")),
    "partner_journey": (
        _("Journey of partners"),
        _("The stages of a partner with their checklists, questionnaires, rules and gates."),
    ),
    "plays": (_("Plays"), _("Known answers to situations: steps, owners and days.")),
    "practices": (_("Best practices"), _("What we recommend to whom, and why.")),
    "quality": (_("Quality of tickets"), _("By which score card solved tickets are reviewed, and how many.")),
    "rates": (_("Exchange rates"), _("What amounts are worth in the reporting currency, by day.")),
    "renewals": (_("Renewals"), _("When owners have to say what becomes of a renewal, and what the machine says.")),
    "reviews": (_("Business reviews"), _("What the pack of a review holds, for whom, and when it must be ready.")),
    "retention": (_("Retention"), _("How long what is done with is kept.")),
    "routines": (_("Checklists"), _("What each role goes through every day, week, month and quarter.")),
    "routing": (_("Routing of tickets"), _("Which queue a ticket goes to, and whom it is given to.")),
    "scorecard.customer": (_("Scorecard: customers"), _CARD),
    "scorecard.partner_launch": (_("Scorecard: partners to launch"), _CARD),
    "scorecard.partner_steady": (_("Scorecard: partners after launch"), _CARD),
    "scorecard.technical": (_("Scorecard: technical health"), _CARD),
    "segments": (_("Segments"), _("Customer accounts by revenue and by how we look after them.")),
    "sla": (_("Service levels"), _("Within what a ticket is answered and solved, and who hears when it is not.")),
    "success_plans": (_("Success plans"), _("Templates of success plans, and of whom one is expected.")),
    "surveys": (_("Surveys"), _("When contacts are asked how satisfied they are, and what counts as satisfied.")),
    "tiers": (_("Partner tiers"), _("Partners by what they committed to.")),
}
_CHANGES: dict[ChangeKind, tuple[str | Promise, str, str]] = {
    ChangeKind.ADDED: (_("Added"), "success", "plus"),
    ChangeKind.REMOVED: (_("Removed"), "danger", "minus"),
    ChangeKind.CHANGED: (_("Changed"), "info", "pencil"),
    ChangeKind.REORDERED: (_("Reordered"), "neutral", "arrows-sort"),
}
# More lines than anybody reads; the count says how many there are.
MAX_CHANGES = 200
_AROUND = 3


@dataclass(frozen=True, kw_only=True)
class ChangeRow:
    """One difference for the page; `was` and `now` are empty where there is none."""

    path: str
    word: str | Promise
    tone: str
    icon: str
    was: str
    now: str


@dataclass(frozen=True, kw_only=True)
class SourceLine:
    number: int
    text: str
    is_fault: bool


def title_of(name: str) -> str | Promise:
    """What a pack is called on pages."""
    return ABOUT[name][0] if name in ABOUT else name


def about(name: str) -> str | Promise:
    found = ABOUT.get(name) or ABOUT.get(kind_of(name))
    if found is None and kind_of(name) == "scorecard":
        return _CARD
    return found[1] if found else ""


def change_rows(kind: str, changes: tuple[Change, ...] | list[Change]) -> list[ChangeRow]:
    """The first differences, in words."""
    found = []
    for change in changes[:MAX_CHANGES]:
        word, tone, icon = _CHANGES[change.kind]
        was = "" if change.kind == ChangeKind.ADDED else value_words(kind, change.old)
        now = "" if change.kind == ChangeKind.REMOVED else value_words(kind, change.new)
        found.append(ChangeRow(path=change.path, word=word, tone=tone, icon=icon, was=was, now=now))
    return found


def value_words(kind: str, value: Any) -> str:
    """A value as it stands in a file of its kind."""
    if isinstance(value, str):
        return value
    if not isinstance(value, dict | list):
        return canonical_json(value)
    return dedent(source_of(kind, {"value": value}).removeprefix("value:").strip("\n")).strip()


def source_of(kind: str, body: Body) -> str:
    """The text of a version; of a kind that this release does not know, its JSON."""
    try:
        return dump_pack(kind, body)
    except PackError:
        return canonical_json(body)


def fault_words(error: PackFileError) -> str:
    """What is wrong, without the name of a file that is none."""
    what = ": ".join(part for part in (error.path, error.message) if part)
    return str(_("Line %(line)d: %(what)s") % {"line": error.line, "what": what}) if error.line else what


def lines_around(text: str, line: int | None) -> list[SourceLine]:
    """The lines around a mistake, numbered; none where it stands nowhere."""
    if not line:
        return []
    lines = text.split("\n")
    first, last = max(1, line - _AROUND), min(len(lines), line + _AROUND)
    return [
        SourceLine(number=number, text=lines[number - 1], is_fault=number == line) for number in range(first, last + 1)
    ]

"""Under which heading each call stands, in the description for tools and on the page for people."""

import re
from typing import Any, NamedTuple

from common.openapi import calls


class Heading(NamedTuple):
    """A heading with the addresses below /api/v1/ that stand under it."""

    name: str
    text: str
    pattern: str


HEADINGS = (
    Heading("Organizations", "Partners and customer accounts, as far as you see them.", r"organizations/(\{id\}/.*)?$"),
    Heading("Contacts", "People at an organization.", r"organizations/\{organization_id\}/contacts/"),
    Heading(
        "Stakeholders and record",
        "Who counts at an organization, and what is known of it.",
        r"organizations/.*/(stakeholders|record)/",
    ),
    Heading("Owners", "Who holds an organization in which role, and who takes part.", r"organizations/.*/assignments/"),
    Heading("Interactions", "Calls, meetings, mails and notes.", r"organizations/.*/interactions/"),
    Heading("Story", "What happened, and the stages it happened in.", r"organizations/.*/(timeline|stages)/"),
    Heading("Classification", "Tiers, segments and gemstones with their rules.", r"organizations/.*/classification/"),
    Heading("Context", "Leave to read the answers of earlier stages.", r"organizations/.*/context-grants/"),
    Heading(
        "Gates",
        "What a stage is left by: questionnaires, drafts, submissions, signatures, waivers.",
        r"organizations/.*/(gates|drafts|submissions|waivers|waiver-requests)/",
    ),
    Heading("Tasks", "What is to be done, by whom, until when.", r"(organizations/.*/)?tasks/"),
    Heading("Evidence", "Files, links and notes beside tasks and answers.", r"organizations/.*/evidence/"),
    Heading("Commitments", "What both sides promised.", r"organizations/.*/commitments/"),
    Heading(
        "Samples",
        "What is measured: metrics, samples, use of features, and what organizations have bought.",
        r"(health/(metrics|samples|usage|features)|organizations/.*/(samples|entitlements|adoption))/",
    ),
    Heading(
        "Health",
        "How organizations stand: bands with reasons, receipts, snapshots, pulses.",
        r"(health/$|organizations/.*/health/)",
    ),
    Heading("Alerts", "What alarms us about organizations, and how it is answered.", r"alerts/"),
    Heading(
        "Predictions",
        "How likely losses are, and how well that would have been told.",
        r"health/(predictions|trainings)/",
    ),
    Heading("Losses", "Who has left, since when and why.", r"(organizations/.*/)?losses/"),
    Heading("Opportunities", "Chances to sell more, with their stage.", r"(organizations/.*/)?opportunities/"),
    Heading("Reviews", "Business reviews with their sections and documents.", r"(organizations/.*/)?reviews/"),
    Heading(
        "Renewals",
        "When contracts are to be renewed, what is said of it, and the ledger of revenue.",
        r"((organizations/.*/)?renewals|organizations/.*/revenue)/",
    ),
    Heading(
        "Feedback",
        "What organizations miss in the product, and what becomes of it.",
        r"(feedback|organizations/.*/voices)/",
    ),
    Heading("Beta programs", "What some try before all others.", r"(betas|organizations/.*/beta-seats)/"),
    Heading("Campaigns", "How likely contacts are to recommend us, asked of many.", r"campaigns/"),
    Heading(
        "Success plans",
        "What both sides want to reach, by when, and how it moves.",
        r"((organizations/.*/)?success-plans|organizations/.*/objectives)/",
    ),
    Heading(
        "Enablement",
        "Training, advice, technical integrations, and services as promised and delivered.",
        r"organizations/.*/(trainings|recommendations|integrations|service-deliveries)/",
    ),
    Heading(
        "Wins and references",
        "What went well, and who may hear of it.",
        r"((organizations/.*/)?wins|organizations/.*/reference-requests)/",
    ),
    Heading("Handoffs", "Giving an organization on: contracts between two owners.", r"(organizations/.*/)?handoffs/"),
    Heading(
        "Touchpoints",
        "When the two sides meet, by the cadence, as agreed and by hand.",
        r"organizations/.*/(touchpoints|cadence-agreements)/",
    ),
    Heading("Plays", "Known answers to situations, step by step.", r"organizations/.*/plays/"),
    Heading(
        "Forecasts",
        "When gates and launches are to be expected, what is at risk, and whose weeks are full.",
        r"(organizations/.*/forecast|launches|load|capacity|balance-proposals)/",
    ),
    Heading("Guides", "The documentation hub: what to know at a gate, and who keeps it.", r"guides/"),
    Heading("Tickets", "What contacts ask: messages, history, clocks.", r"tickets/"),
    Heading("Incidents", "What is broken for several at once, and what is said of it.", r"incidents/"),
    Heading("Articles", "The knowledge base: what is known, for whom, in which languages.", r"articles/"),
    Heading("Surveys", "How satisfied contacts are with what was solved for them.", r"survey-responses/"),
    Heading("Reports", "Figures against targets, and the rows behind each.", r"reports/"),
    Heading(
        "Saved reports",
        "Reports under a name, shared or not, and which come to you by mail.",
        r"(saved-reports|report-subscriptions)/",
    ),
    Heading("Training", "What our own people have learned, month by month.", r"training-records/"),
    Heading("Imports", "CSV files on their way in. Workers read them; ask again for the state.", r"imports/"),
    Heading("Exports", "Whole lists as files. Workers write them; ask again for the state.", r"exports/"),
    Heading("Finding", "Search, and why you can (not) see something.", r"(search|explain)/"),
    Heading("People", "Yourself, colleagues, teams, and what each role may do.", r"(me|users|teams|access|on-call)/"),
    Heading("Notices", "Your inbox.", r"notifications/"),
    Heading("Saved views", "Lists as you like them.", r"saved-views/"),
    Heading(
        "Calendars",
        "Working hours and questions of business time, who is away, and what is on your own calendar.",
        r"(calendars?|absences)/",
    ),
    Heading("Keeping the house", "Policies in force and before, and the audit trail.", r"(policies|audit)/"),
    Heading("Description", "This description, for tools.", r"schema/"),
)


def heading_of(path: str) -> Heading:
    """The first heading that fits. Raises LookupError for a path under none: name it above."""
    below = path.removeprefix("/api/v1/")
    for heading in HEADINGS:
        if re.match(heading.pattern, below):
            return heading
    raise LookupError(path)


def describe_headings(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Put every call under its heading. A postprocessing hook of drf-spectacular."""
    for path, _method, call in calls(result):
        call["tags"] = [heading_of(path).name]
    result["tags"] = [{"name": heading.name, "description": heading.text} for heading in HEADINGS]
    return result

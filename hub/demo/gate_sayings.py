"""What the demo's people answer at gates, by question: each text in turn. `{name}` is the organization."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, ...]] = {
    "exec-sponsor-name": ("Helena Brandt", "Marco Ferri", "Aiko Mori", "Samuel Adeyemi", "Ingrid Solberg"),
    "exec-sponsor-title": ("Chief Operating Officer", "VP Alliances", "Managing Director"),
    "exec-commitment-details": (
        "Mail of the sponsor after the steering meeting; two named people and a budget.",
        "Confirmed in the quarterly board of {name}, minutes attached.",
    ),
    "revenue-model-description": (
        "Resale with 22 % margin, services billed by the partner.",
        "Shared revenue on new business, fixed fee for renewals.",
    ),
    "technical-questions-list": (
        "Sign-in of end customers, data residency, rate limits of the order interface.",
        "Which events they receive, how returns are booked, test data.",
    ),
    "operational-requirements-description": (
        "Support in two languages, invoices by the 5th of the month.",
        "Orders through their own shop, one person on call at weekends.",
    ),
    "strategic-value-justification": (
        "Opens the public sector, where we have no partner yet.",
        "Their installed base matches our roadmap for the next two years.",
    ),
    "contract-reference-number": ("MSA-{number}", "PPA-{number}"),
    "partner-executive-sponsor": ("Helena Brandt", "Marco Ferri", "Aiko Mori", "Samuel Adeyemi", "Ingrid Solberg"),
    "partner-project-manager": ("Julia Marin", "Tomas Havel", "Priya Nair"),
    "partner-technical-lead": ("Owen Clarke", "Lin Wei", "Fatima Rahmani"),
    "partner-sales-lead": ("Bruno Costa", "Elena Popescu", "David Stone"),
    "team-availability": ("Project lead full time, two engineers half time.", "Three days a week until launch."),
    "launch-market": ("DE", "FR", "US", "JP"),
    "launch-readiness-factors": (
        "Price list approved, support desk hired, first two customers named.",
        "Certification of the sales team and the order interface.",
    ),
    "strategic-alignment": (
        "Same industries, same buyers; they bring the local presence that we lack.",
        "They want to grow with hosted services, as we do.",
    ),
    "competitive-advantage": (
        "Closes the gap against the two competitors that are in the country already.",
        "Reference customers in a segment that asks for local support.",
    ),
    "monitoring-tools": ("Grafana and Alertmanager", "Their own dashboards, alerts to the on-call phone"),
    "champion-name": ("Nadia Haas", "Peter Lund", "Grace Okoro"),
    "technical-contact-name": ("Owen Clarke", "Lin Wei", "Fatima Rahmani"),
    "goals": (
        "Half of the manual entries gone by the end of the quarter, measured in the order system.",
        "First answer to end customers within four hours, measured weekly.",
    ),
    "connections": ("Directory, order system and warehouse are connected.", "Connected to sign-in; reporting follows."),
    "first-goal-evidence": ("Report of last month: 58 % fewer manual entries.", "Median first answer is 3:20 h."),
}
NOTES: tuple[str, ...] = (
    "Planned for next month, owner named on their side.",
    "In work; does not hold up the next gate.",
    "Agreed to do it after launch.",
)
PICKS: Mapping[str, tuple[str, ...]] = {
    "partnership-type": ("ppa", "distribution", "ppa", "sales_agent"),
    "contract-type": ("ppa", "distribution", "ppa", "sales_agent"),
    "closure-confidence-level": ("high", "medium"),
    "market-position": ("strong_competitor", "emerging_player", "market_leader"),
    "geographic-reach": ("regional", "multi_regional", "local"),
    "customer-base-size": ("medium", "large", "small"),
    "operational-readiness-score": ("medium", "high"),
}
COUNTS: Mapping[str, tuple[int, ...]] = {
    "sales-team-size": (4, 7, 12),
    "sales-team-size-trained": (4, 6, 11),
    "test-transactions-count": (40, 120, 75),
    "support-team-size": (3, 5, 8),
    "beta-customers-count": (2, 3, 5),
    "users-active": (14, 55, 230),
}
# Required questions that no rule reads: now and then somebody says no, and what is done about it.
SOMETIMES_NO: tuple[str, ...] = (
    "communication-plan-established",
    "pricing-strategy-defined",
    "performance-benchmarks-met",
    "reporting-dashboards-configured",
    "marketing-materials-ready",
    "users-trained",
)
# What stood in the way of a first version, by questionnaire: fields that were answered with no, together.
FIRST_NO: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "pre-contract-pdm": (
        ("revenue-model-defined",),
        ("exec-commitment-confirmed",),
        ("technical-questions-identified",),
    ),
    "gate-0-kickoff": (("contract-signed",), ("contract-signed", "team-commitment-confirmed")),
    "gate-1-ready-to-sell": (("sales-team-certified",), ("project-plan-approved",), ("gtm-strategy-approved",)),
    "gate-2-ready-to-order": (("test-transactions-successful",), ("operational-runbooks-created",)),
    "gate-3-ready-to-deliver": (
        ("support-transition-complete",),
        ("operational-metrics-validated",),
        ("critical-issues-resolved", "go-live-approval-obtained"),
    ),
}
JUDGED: tuple[str, ...] = (
    "Fits the plan for the region; two references are in reach.",
    "Discussed in the partner board: strategic for the next two years.",
)
WAIVED: tuple[str, ...] = (
    "Board decision: enter the market with a smaller partner first.",
    "The plan of the country is being restated; classification follows.",
)

# What the giver wrote over a handoff, and beside its items; how a launch went.
HANDED_OVER = (
    "Everything for the next weeks is in here; the sponsor knows that the face changes and is glad of the plan.",
    "A quick partner that likes short calls. What is open is dated, and nothing of it is urgent.",
    "They keep their word and expect the same. The first weeks need somebody who is there every day.",
)
TAKEN_OVER = (
    "As agreed in the last weekly call; the notes are linked there.",
    "Walked through together, page by page, and nothing was left open.",
    "One name on their side answers for this; she writes in the morning, their time.",
    "Nothing beside what the hub shows.",
    "Checked with their team last week; the next look is due in a month.",
)
LAUNCHED = (
    "A calm launch: nine orders in the first week, no incident, one wish for the report by region.",
    "Fourteen orders and two incidents in the first week, both solved on the same day.",
    "Slow in the first days, as their sales team was away; since then an order on most days.",
)
WANTED_FIRST: tuple[str, ...] = (
    "Who answers at night is missing.",
    "The open commitments are without days; please add them.",
    "No word about the beta: what was left for later?",
)
ASKED_WAIVER = "They settle it next month, and the rest of the plan does not hang on it."

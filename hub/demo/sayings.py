"""What people wrote down: interactions by stage, reasons of moves. `{name}` is the organization, `{who}` a contact."""

# kind, summary, notes, two-way
Saying = tuple[str, str, str, bool]

BY_STAGE: dict[str, tuple[Saying, ...]] = {
    "pre_contract": (
        (
            "call",
            "First call about a partnership",
            "{who} wants to resell and to host. Two competitors are in talks.",
            True,
        ),
        (
            "meeting",
            "Commercial terms walked through",
            "Margin is fine. Open: termination notice, data processing.",
            True,
        ),
        ("mail", "Draft contract sent", "Legal version 3 with the changed liability clause.", False),
        (
            "note",
            "Background check done",
            "Revenue and headcount match what {who} told us. No press of concern.",
            False,
        ),
        (
            "call",
            "Long-range plan compared with theirs",
            "They see 10 deals in year one; our plan for the country has 7.",
            True,
        ),
    ),
    "gate_0": (
        ("meeting", "Kickoff with both project leads", "{who} leads on their side. Weekly slot Tuesdays.", True),
        ("mail", "Onboarding pack sent", "Handbook, calendar of the gates, list of contacts.", False),
        (
            "call",
            "Strategic fit discussed",
            "Strong in manufacturing, weak in public sector. Fits the plan for next year.",
            True,
        ),
    ),
    "gate_1": (
        (
            "meeting",
            "Go-to-market workshop",
            "Three segments chosen, first campaign in six weeks. {who} owns the list.",
            True,
        ),
        (
            "call",
            "Sales training scheduled",
            "Eight people in two groups. Certification until the end of the month.",
            True,
        ),
        ("mail", "Price list and demo scripts sent", "In English; the translation follows on their side.", False),
        ("call", "Pipeline review", "Two opportunities are real, one waits for budget.", True),
        (
            "meeting",
            "Demo environment handed over",
            "{who} ran the first demo alone. Missing: sample data for retail.",
            True,
        ),
    ),
    "gate_2": (
        (
            "meeting",
            "Architecture review of the integration",
            "Single sign-on first, then orders. Their gateway needs mTLS.",
            True,
        ),
        (
            "call",
            "Order interface failed in the test environment",
            "Time-outs above 200 lines. {who} sends traces.",
            True,
        ),
        ("mail", "API keys for the sandbox sent", "Valid for 90 days, rotated afterwards.", False),
        ("call", "Test plan agreed", "24 cases, 6 of them on errors. Runs on Thursdays.", True),
        (
            "note",
            "Blocked by their firewall change",
            "Change board meets on Wednesday; nothing to do for us until then.",
            False,
        ),
    ),
    "gate_3": (
        (
            "meeting",
            "Beta review with three end customers",
            "Two are happy. One misses an export; {who} has a workaround.",
            True,
        ),
        ("call", "Launch date confirmed", "Press on the same day. Support window of two weeks after it.", True),
        ("meeting", "Runbook walked through", "On-call on both sides named. Escalation path is clear.", True),
        ("mail", "Operations handbook sent", "With the contacts of our desk and the hours of theirs.", False),
        ("call", "Monitoring connected", "Their dashboards show our status. Alerts go to {who} as well.", True),
    ),
    "post_launch": (
        ("call", "Weekly check-in", "Nothing urgent. 12 orders this week, one question on invoices.", True),
        ("meeting", "Quarterly business review prepared", "{who} wants the renewal numbers in it.", True),
        (
            "call",
            "Incident of last week explained",
            "Root cause was a certificate on their side. They renew it automatically now.",
            True,
        ),
        ("mail", "Release notes sent", "Two changes touch their integration; both backward compatible.", False),
        (
            "meeting",
            "Optimization ideas discussed",
            "Caching of price lists would halve the calls. {who} takes it to the team.",
            True,
        ),
        ("note", "Champion goes on parental leave", "From next month on; {who} stands in.", False),
    ),
    "pre_sales": (
        (
            "call",
            "Discovery call",
            "They replace two tools and a spreadsheet. Decision by the end of the quarter.",
            True,
        ),
        ("meeting", "Demo for the steering group", "{who} asked for a reference in their industry.", True),
        ("mail", "Offer sent", "Three years, with a pilot of 60 days.", False),
    ),
    "kick_off": (
        (
            "call",
            "Welcome call",
            "Goals: faster onboarding of sites, one report for the board. {who} is our contact.",
            True,
        ),
        ("meeting", "Project plan agreed", "Go-live in ten weeks. Freeze in the last week of the quarter.", True),
    ),
    "integrate": (
        (
            "call",
            "Data import tested",
            "4 % of the rows refused: dates without a year. {who} corrects the source.",
            True,
        ),
        (
            "meeting",
            "Single sign-on switched on",
            "Works for staff. Contractors follow with the second directory.",
            True,
        ),
        ("mail", "Mapping of fields sent", "Version 2, with the two added columns.", False),
        ("note", "Waits for the security review", "Their questionnaire has 180 questions; 140 are answered.", False),
    ),
    "adopt": (
        ("meeting", "Training of key users", "Fourteen people, good questions. {who} records a short version.", True),
        ("call", "Adoption looked at together", "Two of five sites are live. The third starts on Monday.", True),
        ("mail", "Tips for administrators sent", "Roles, exports, audit.", False),
    ),
    "live": (
        ("call", "Check-in", "{who} is content. Wish: a filter by site in the report.", True),
        ("meeting", "Quarterly review held", "Goals of the year met by half. Next: two more sites.", True),
        ("mail", "Renewal offer sent", "Same terms, one more module as an option.", False),
        (
            "call",
            "Complaint about response times",
            "Three tickets took two days. Agreed on a named engineer for a month.",
            True,
        ),
        ("meeting", "Upgrade planned", "Night of the second Saturday. {who} tests on Friday.", True),
        ("note", "New CIO since this month", "Introduction asked for.", False),
    ),
}

MOVED: dict[str, tuple[str, ...]] = {
    "gate_0": ("Contract signed", "Pre-contract passed 5 of 5"),
    "gate_1": ("Kickoff held, 5 of 6 sections passed", "Contract and financial bar passed, all sections accepted"),
    "gate_2": ("Ready to sell: team certified", "First three opportunities registered, training complete"),
    "gate_3": ("Integration tested end to end", "Orders run through without errors for two weeks"),
    "post_launch": ("Launched with two reference customers", "Launched on the agreed day"),
    "kick_off": ("Contract signed", "Order received"),
    "integrate": ("Plan agreed, team named", "Kick-off held"),
    "adopt": ("Integrated and accepted", "Data loaded, single sign-on works"),
    "live": ("Key users trained, all sites use it", "Go-live without open points"),
}

SUMMARIES: tuple[str, ...] = (
    "{industry} in {country}. Wants to be live before the next fiscal year.",
    "{industry}. Small team, quick decisions, prefers calls to mail.",
    "{industry} with several subsidiaries; procurement decides centrally.",
    "{industry}. Strong engineering, asks for interfaces before anything else.",
    "{industry} in {country}. Came by recommendation.",
)

JOB_TITLES: tuple[tuple[str, str], ...] = (
    ("champion", "Head of Digital"),
    ("executive", "Chief Operating Officer"),
    ("technical", "Lead Engineer"),
    ("operations", "Operations Manager"),
    ("billing", "Accounts Payable"),
    ("technical", "Integration Architect"),
    ("executive", "Managing Director"),
    ("other", "Project Assistant"),
)

_FIRST = (
    "Aino Alejandro Amara Anders Anneliese Aoife Arjun Astrid Beatriz Bogdan Camille Chidi Clara Cormac Dagmar Emeka "
    "Enrique Esra Farah Felix Freja Gabriela Goran Hana Hugo Ilse Imran Isabel Jakub Jamila João Kaito Katarzyna Kenji "
    "Lars Leila Linnea Luca Magdalena Malik Manon Marek Mateus Mina Naomi Nils Olena Pavel Pilar Quentin Rosa Rune "
    "Sanjay Seo-yeon Sigrid Thandiwe Theo Ursula Viktor Wanda Xavier Yara Yusuf Zoë Łukasz Çağla"
)
_LAST = (
    "Abara Andersen Baumann Bianchi Castillo Chaudhry Da-Costa Dvořák Eriksson Fischer Fitzgerald Fontaine Gallagher "
    "García Grünwald Hansen Hayashi Hernández Ito Ivanova Jankowski Jensen Kapoor Karlsson Kim Kowalczyk Laurent "
    "Lehmann Lopes MacKenzie Marchetti Meyer Moreau Mwangi Navarro Nguyen Nowak O'Connor Okonkwo Olsen Papadopoulos "
    "Pereira Petrov Quispe Ramos Ricci Rossi Sánchez Schneider Sharma Silva-Reis Stein Suzuki Szabó Tamm Tremblay "
    "Ueda Vargas Virtanen Wagner Wright Yamamoto Zając Ødegård Şahin"
)

FIRST_NAMES = tuple(_FIRST.split())
LAST_NAMES = tuple(_LAST.split())

"""What people of the demo world promise each other, ask of each other, and write beside what they have done."""

EVIDENCE = (
    "Agreed in the call; minutes are in their folder.",
    "Seen on their staging system together with their lead.",
    "Signed copy is with legal, reference 2026-{number:03}.",
    "Three of their people took part; the list is attached to the invitation.",
    "Checked against the runbook, two remarks mended on the spot.",
    "Confirmed by mail by their head of operations.",
)
BLOCKED = (
    "Waits for their security review, promised for next week",
    "Nobody on their side is named for this yet",
    "The sandbox has been down since Monday",
    "Legal asks for a change of the wording",
)
SKIPPED = (
    "They use a process of their own that covers it",
    "Done with the earlier pilot already",
)
# Side, what, days from today until it is due, how it went: open, kept, late, broken, moved, withdrawn.
PROMISES = (
    ("us", "Send the summary of the last review", 3, "open"),
    ("them", "Name a deputy for the technical lead", 6, "open"),
    ("us", "Answer the questions of their security team", -2, "open"),
    ("them", "Share the forecast of the next quarter", -5, "open"),
    ("us", "Provide test data for the second interface", -12, "kept"),
    ("us", "Review the draft of the operations handbook", -20, "kept"),
    ("them", "Open the firewall for the new addresses", -26, "late"),
    ("us", "Deliver the patch for the export", -33, "late"),
    ("them", "Train the second shift", -41, "broken"),
    ("us", "Set up the shared dashboard", 9, "moved"),
    ("them", "Book the room for the workshop", -15, "withdrawn"),
    ("us", "Introduce the new support lead", 14, "open"),
    ("them", "Send the list of users for the pilot", -9, "kept"),
    ("us", "Explain the invoice of last month", -17, "kept"),
)
# Title, details, days from today, with evidence: tasks for contacts, in their portal.
FOR_THEM = (
    (
        "Send us the list of people who take calls at night",
        "Names, telephone numbers and the hours they cover; a plain text or a table will do.",
        4,
        True,
    ),
    ("Confirm the date of the restore test", "We propose the second Tuesday of next month, 06:00 your time.", 9, False),
    ("Tell us who approves changes on your side", "One person and a deputy.", -3, False),
)
DONE_BY_THEM = ("Check the addresses of your delivery points", "All twelve are right, number seven has a new contact.")
# Stage, place, who, play, what happened, days ago.
PLAYS = (
    (
        "post_launch",
        3,
        "critical_production_issue",
        "Orders of two regions fail since this morning; their monitoring saw it first",
        1,
    ),
    ("gate_3", 0, "beta_disappoints", "Four of nine beta users have stopped after the first week", 4),
    ("live", 2, "considering_expansion", "Their second subsidiary asks for the same setup", 12),
)
ENDED_PLAY = ("live", 5, "sponsor_leaves", "Their director of operations changes to another house", 60, "weaker")

"""What the knowledge base of the demo world says of outages, contracts, our work together, and to ourselves."""

from hub.demo.article_kinds import Piece, Words

OTHERS: tuple[Piece, ...] = (
    Piece(
        shelf="performance",
        audience="public",
        writer="senior2",
        age=70,
        en=Words(
            title="The dashboard does not load",
            summary="Three things to look at within two minutes.",
            body="1. Look at the status page: if we have an outage, it is there, with the time of the next update.\n"
            "2. Try a private window without extensions.\n"
            "3. Try another network. If it works there, your proxy holds `wss://` connections back.\n\n"
            "If nobody at your place can work, open a ticket and choose **Nobody can work**: somebody is called.",
        ),
    ),
    Piece(
        shelf="performance",
        audience="public",
        writer="senior",
        age=33,
        en=Words(
            title="Reports take minutes",
            summary="Filters first, then columns; and reports for the night.",
            body="A report without a filter on its date reads everything there is. Set one, and leave out columns "
            "that nobody reads: *Notes* is the dearest.\n\n"
            "Reports over more than a year are better **planned for the night**: the file is there in the "
            "morning.",
        ),
    ),
    Piece(
        shelf="contract",
        audience="public",
        writer="support",
        age=110,
        en=Words(
            title="Change the address on invoices",
            summary="Who changes it, and from which invoice on.",
            body="The person named under **Contract > Billing** changes address, order number and tax number. It "
            "holds from the next invoice on. For one that is out already write to us: we cancel it and make a "
            "new one.",
        ),
        de=Words(
            title="Die Rechnungsanschrift ändern",
            summary="Wer sie ändert, und ab welcher Rechnung.",
            body="Wer unter **Vertrag > Abrechnung** steht, ändert Anschrift, Bestellnummer und Steuernummer. Es "
            "gilt ab der nächsten Rechnung.",
        ),
    ),
    Piece(
        shelf="contract",
        audience="customer",
        writer="support2",
        age=190,
        en=Words(
            title="Add licenses during the year",
            summary="They are counted from the day on which they are ordered.",
            body="Order under **Contract > Licenses**. You pay for the days that are left of the year. Fewer "
            "licenses are possible at the end of the year alone.",
        ),
    ),
    Piece(
        shelf="support",
        audience="public",
        writer="supportlead",
        age=170,
        en=Words(
            title="When we answer",
            summary="Hours, holidays, and what is promised for each priority.",
            body="We answer Monday to Friday, 9 to 17, but for the holidays of the team that looks after you. What "
            "is *critical* is answered around the clock.\n\n"
            "Each ticket shows its own promise, second by second: open the strip below the clock to see which "
            "hours count and why.",
        ),
        de=Words(
            title="Wann wir antworten",
            summary="Zeiten, Feiertage, und was je nach Dringlichkeit gilt.",
            body="Wir antworten montags bis freitags von 9 bis 17 Uhr, außer an Feiertagen des Teams, das Sie "
            "betreut. Was *kritisch* ist, wird rund um die Uhr beantwortet.",
        ),
    ),
    Piece(
        shelf="support",
        audience="public",
        writer="support",
        age=88,
        en=Words(
            title="What makes a ticket quick to solve",
            summary="Three sentences that save a day.",
            body="- What did you do, what did you expect, what came instead?\n"
            "- When was it, and in which time zone?\n"
            "- Who is concerned: one person, a team, everybody?\n\n"
            "Attach the log from **Settings > Diagnostics**. It holds no content of yours.",
        ),
    ),
    Piece(
        shelf="support",
        audience="partner",
        writer="supportlead2",
        age=155,
        en=Words(
            title="How a ticket is escalated",
            summary="What you can ask for, and who is told.",
            body="Write *please escalate* with the reason. The engineer on call, your Technical Account Manager and "
            "the support manager hear of it at once. A technical escalation ends with what keeps it from "
            "happening again.",
        ),
    ),
    Piece(
        shelf="support",
        audience="partner",
        writer="support2",
        age=30,
        en=Words(
            title="Certificates of trained engineers",
            summary="Where they are, and why one may be missing.",
            body="Certificates stand under **Training** two days after an exam. One that is missing was most often "
            "taken with another e-mail address: tell us both, and we join them.",
        ),
    ),
    Piece(
        shelf="inside",
        audience="internal",
        writer="senior",
        age=100,
        en=Words(
            title="Before you escalate to engineering",
            summary="What engineering sends back, and how to avoid it.",
            body="- Steps that reproduce it on the test tenant.\n"
            "- The log of the hour, with the correlation id marked.\n"
            "- What the partner can do meanwhile.\n\n"
            "Without the first, they will ask for it; that costs a day.",
        ),
    ),
    Piece(
        shelf="inside",
        audience="internal",
        writer="supportlead",
        age=230,
        en=Words(
            title="Who is told of a critical ticket",
            summary="The chain, and the words to begin with.",
            body="The person on call, the owners of the organization, then the support manager. Call first, write "
            "then. Begin with what does not work and since when; causes come later.",
        ),
    ),
    Piece(
        shelf="inside",
        audience="internal",
        writer="senior2",
        age=15,
        en=Words(
            title="Reading the trace of a synchronization",
            summary="Three lines that tell nearly everything.",
            body="Look for `cursor`, `held` and `skipped`. A cursor that stands still means that the other side "
            "gives the same page again; `held` waits for a customer; `skipped` has its reason behind it.",
        ),
    ),
    Piece(
        shelf="performance",
        audience="public",
        writer="support",
        age=None,
        waits=True,
        en=Words(
            title="Plan reports for the night",
            summary="Large reports while nobody waits.",
            body="Open the report, choose **Plan**, and name who gets the file. It is kept for seven days.",
        ),
    ),
)

"""What contacts ask the desk of the demo world, and how a conversation about it goes."""

from dataclasses import dataclass

# key, name, offered in the portal
CATEGORIES: tuple[tuple[str, str, bool], ...] = (
    ("access", "Sign-in and access", True),
    ("integration", "Integration and API", True),
    ("data", "Data and synchronization", True),
    ("performance", "Performance and outages", True),
    ("billing", "Contract and invoices", True),
    ("how_to", "How do I ...?", True),
    ("training", "Training and certification", True),
    ("internal", "Internal follow-up", False),
)

# name, text, is it a note, changes
MACROS: tuple[tuple[str, str, bool, dict[str, object]], ...] = (
    (
        "Ask for the log",
        "Thank you for telling us. Please send us the log of the last hour: Settings > Diagnostics > Download. "
        "It holds no content of yours, only times and error codes.",
        False,
        {"status": "pending"},
    ),
    (
        "Known and being fixed",
        "This is known, and the fix is being rolled out. You need not do anything; we write again when it is there.",
        False,
        {"status": "on_hold", "add_tags": ["known_issue"]},
    ),
    (
        "Solved: please confirm",
        "This should work now. Please try again; if it does not, answer this message and it is open again.",
        False,
        {"status": "solved"},
    ),
    (
        "To engineering",
        "Reproduced. Steps, log and the affected account are in this ticket.",
        True,
        {"add_tags": ["engineering"], "status": "on_hold"},
    ),
)


@dataclass(frozen=True, kw_only=True)
class Saying:
    """One kind of question. `facts` is what we ask back for and what they answer; `notes` are among us."""

    category: str
    kind: str
    impact: str
    urgency: str
    subject: str
    body: str
    question: str
    facts: str
    answer: str
    note: str
    cause: str
    tags: tuple[str, ...] = ()


SAYINGS: tuple[Saying, ...] = (
    Saying(
        category="access",
        kind="incident",
        impact="medium",
        urgency="high",
        subject="Single sign-on sends our people round in circles",
        body="Since this morning colleagues who sign in through our identity provider land on the sign-in page again. "
        "About thirty people are affected; those with a password get in.",
        question="Did the certificate of your identity provider change in the last days?",
        facts="Yes, it was renewed last night. Nobody told us that you have to know.",
        answer="We have taken over the new certificate. Please try once more with one account.",
        note="Metadata of the provider is fetched once a week; asked engineering for a fetch on failure.",
        cause="The renewed certificate was not fetched before the old one ended.",
        tags=("sso",),
    ),
    Saying(
        category="access",
        kind="question",
        impact="low",
        urgency="medium",
        subject="A new colleague gets no invitation",
        body="We added a colleague yesterday and the invitation has not arrived, in the spam folder neither.",
        question="Which address did you enter? There may be a letter too many.",
        facts="You are right, there was a dot too many. I have entered it again.",
        answer="The invitation to the right address has just left and works for seven days.",
        note="Second one this month: the form could warn of domains without mail.",
        cause="Mistyped address.",
    ),
    Saying(
        category="integration",
        kind="incident",
        impact="high",
        urgency="medium",
        subject="Webhooks arrive twice",
        body="Each event reaches our endpoint two times within a second. Our side books them both.",
        question="Which status does your endpoint answer with, and after how many seconds?",
        facts="It answers 200, but it takes between 10 and 12 seconds at the moment.",
        answer="After 10 seconds we take a call for lost and send it again. Please answer at once and book afterwards; "
        "the header with the event's key tells you a repeat.",
        note="Documentation says five seconds, code says ten. Opened a correction of the page.",
        cause="The endpoint answered later than the time limit.",
        tags=("webhooks",),
    ),
    Saying(
        category="integration",
        kind="question",
        impact="medium",
        urgency="medium",
        subject="Which scope does the token need to read orders?",
        body="Our integration gets 403 on the list of orders, while single orders can be read.",
        question="Can you send us the key of the answer (the header X-Request-Id)?",
        facts="It is in the attachment of our developer, from 09:14 today.",
        answer="The token lacks the scope for lists. I have written down in the guide which one that is.",
        note="Fourth question on scopes this quarter: a table in the guide would save them.",
        cause="A missing scope.",
        tags=("api",),
    ),
    Saying(
        category="data",
        kind="incident",
        impact="high",
        urgency="high",
        subject="Orders of the last two hours are missing",
        body="Production is affected: orders placed since ten o'clock do not appear on your side. We see no error.",
        question="Do they appear with the status Queued in your export?",
        facts="Yes, 214 of them, the oldest from 10:02.",
        answer="The queue is being worked off again, and all 214 orders are there. We are watching it.",
        note="Consumer group lost its partition after the deployment of this morning. Rolled back.",
        cause="A deployment stopped the consumer of the order queue.",
        tags=("orders", "production"),
    ),
    Saying(
        category="data",
        kind="question",
        impact="low",
        urgency="low",
        subject="Can we get the export with semicolons?",
        body="Our spreadsheet expects semicolons between the columns. Is there a setting?",
        question="Is it enough for you if the export follows the region of your account?",
        facts="That would be best.",
        answer="It does: set the region under Settings > Account. The next export has semicolons.",
        note="Add to the article on exports.",
        cause="The region of the account was not set.",
    ),
    Saying(
        category="performance",
        kind="incident",
        impact="high",
        urgency="high",
        subject="The dashboard does not load at all",
        body="Nobody here can open the dashboard since a quarter of an hour. The status page says that all is well.",
        question="Does it stop at the same place in another browser, and from outside of your network?",
        facts="The same everywhere, on mobile data too.",
        answer="One of our servers for dashboards answered no more; it has been replaced. Please load the page again.",
        note="Alarm on the health check did not fire: the check answers from cache. Prevention follows.",
        cause="A server hung, and the health check did not see it.",
        tags=("production",),
    ),
    Saying(
        category="performance",
        kind="incident",
        impact="medium",
        urgency="medium",
        subject="Reports take minutes since the weekend",
        body="A report that took five seconds now takes three minutes. It is the one with all regions.",
        question="Does it get fast again if you choose one region?",
        facts="Yes, a single region takes a second.",
        answer="Statistics of the database were out of date after the move; they are fresh, and so is the speed.",
        note="Planner took the wrong index after the migration.",
        cause="Stale statistics after a migration.",
    ),
    Saying(
        category="billing",
        kind="question",
        impact="low",
        urgency="medium",
        subject="The invoice names our old address",
        body="We moved in spring; the last invoice still has the old address, and our accounting sends it back.",
        question="Please tell us the address exactly as it should stand there.",
        facts="It is in the signature below, with the number of our order.",
        answer="A corrected invoice is on its way, and the next ones have the new address.",
        note="CRM had it, billing did not.",
        cause="The address was changed in one system of two.",
    ),
    Saying(
        category="how_to",
        kind="question",
        impact="low",
        urgency="low",
        subject="How do we give a contractor access for a month?",
        body="A contractor helps us until the end of next month. May they have an account, and can it end by itself?",
        question="Should they see all of it or only the tasks that you give them?",
        facts="The tasks are enough.",
        answer="Invite them as a guest and set the last day; they see what they are given, and the access ends then.",
        note="Good candidate for an article.",
        cause="",
    ),
    Saying(
        category="how_to",
        kind="request",
        impact="low",
        urgency="medium",
        subject="Please raise our limit of calls for the launch",
        body="On the day of our launch we expect three times the usual calls. Can you raise the limit for that week?",
        question="On which days, and from which addresses will the calls come?",
        facts="From Monday to Friday of next week, from the two addresses that you know.",
        answer="The limit is raised for these five days and goes back by itself.",
        note="Told the TAM: they did not know of the launch.",
        cause="",
        tags=("launch",),
    ),
    Saying(
        category="training",
        kind="question",
        impact="low",
        urgency="low",
        subject="Certificates of two engineers are not shown",
        body="Two of our engineers passed the exam last week; the partner page still says one of three.",
        question="Which names did they sign up with?",
        facts="With their private addresses, as we notice now.",
        answer="Both are joined with your organization; the page says three of three.",
        note="Sign-up could ask for the employer.",
        cause="Signed up with private addresses.",
        tags=("certification",),
    ),
    Saying(
        category="integration",
        kind="problem",
        impact="medium",
        urgency="high",
        subject="The connector loses its connection every night",
        body="At 02:00 the connector stops and has to be started by hand at eight. Our network is quiet then.",
        question="Please send us the connector's log between 01:55 and 02:05.",
        facts="Attached. It speaks of a refused key.",
        answer="A new key was made each night by a script of a former colleague on your side; it is switched off now, "
        "and the connector has run through.",
        note="Connector should retry with the new key instead of stopping: issue opened with engineering.",
        cause="A script rotated the key every night.",
        tags=("connector",),
    ),
    Saying(
        category="data",
        kind="incident",
        impact="medium",
        urgency="medium",
        subject="Umlauts in names come out as question marks",
        body="Since the update, names with umlauts and accents look like M?ller in the file that you send us.",
        question="Which program opens the file, and what does it say of the encoding?",
        facts="Our own import; it has read UTF-8 since years.",
        answer="The file was written in another encoding since the update. The one of tonight is right again, and we "
        "have sent the last three anew.",
        note="Regression in the export library; test added.",
        cause="An update of a library changed the encoding.",
    ),
)

UNKNOWN_SENDERS: tuple[tuple[str, str, str, str], ...] = (
    (
        "Dana Whitfield",
        "dana.whitfield@mail.example",
        "Are you hiring partners in Canada?",
        "I found your page and wonder whether you work with resellers in Canada.",
    ),
    (
        "Receiving Dept",
        "receiving@parcels.example",
        "Delivery for you could not be made",
        "Nobody was at the door. Please choose a new day.",
    ),
    (
        "T. Okonkwo",
        "t.okonkwo@fastmail.example",
        "Cannot sign in from my private address",
        "I used to work with you at my former company. Can I see my old certificates?",
    ),
)

NOT_FIXED = "Sorry, it has happened again just now, with the same message. Please have another look."
CHASING = "Is there any news? People here are asking me every hour."
HELLO = "Thank you for writing to us. We are looking at it and come back to you shortly."
PREVENTION = "An alarm on the age of the oldest waiting order, and a check of the consumers after each deployment."

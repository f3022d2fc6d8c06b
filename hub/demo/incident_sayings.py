"""What is said of the incidents of the demo world."""

from dataclasses import dataclass

Update = tuple[int, bool, str, str]
"""Minutes after it was declared, whether it is public, the state with it, the text."""


@dataclass(frozen=True, kw_only=True)
class Word:
    title: str
    public_title: str
    summary: str
    cause: str
    updates: tuple[Update, ...]


FINISHED = Word(
    title="Webhooks are delivered with hours of delay since the queue was moved",
    public_title="Webhooks arrive late",
    summary="Order events reach partners one to two hours late. Nothing is lost; the API answers as always.",
    cause="change",
    updates=(
        (
            9,
            False,
            "",
            "The backlog of the delivery queue grows since 08:40. Workers look idle. I look at the move of "
            "last night first.",
        ),
        (
            14,
            True,
            "",
            "Webhooks reach you late, in part by more than an hour. **Nothing is lost**: whatever is waiting "
            "will be delivered, and the API shows the present state. Next word within the hour.",
        ),
        (
            41,
            False,
            "identified",
            "The new queue hands out one message at a time for each partner: `prefetch` is 1 where it was "
            "50. We raise it in staging now.",
        ),
        (
            52,
            True,
            "",
            "We know why: after a move of ours, messages are handed out one by one. We are about to correct "
            "it and will tell you when the backlog shrinks.",
        ),
        (
            88,
            True,
            "monitoring",
            "Corrected. The backlog shrinks by about 40,000 messages a minute; we expect it to be gone "
            "within half an hour, and keep watching.",
        ),
        (
            128,
            True,
            "resolved",
            "Webhooks arrive within seconds again, and everything that waited has been delivered. We will "
            "write down what we learned and share it with you here.",
        ),
    ),
)

RUNNING = Word(
    title="Sign-in through single sign-on fails for partners with a second identity provider",
    public_title="Sign-in through single sign-on fails for some of you",
    summary=(
        "People are sent back to the sign-in page after their provider has let them in. E-mail and password work."
    ),
    cause="certificate",
    updates=(
        (
            6,
            False,
            "",
            "Reproduced with the sandbox of the first partner: the signature of the answer is refused. The "
            "clock of both sides agrees.",
        ),
        (
            12,
            True,
            "",
            "Some of you cannot sign in through single sign-on. **Signing in with e-mail and password "
            "works**: use *Forgot password* if you never had one. We look for the cause and speak again "
            "within half an hour.",
        ),
        (
            38,
            False,
            "identified",
            "The second signing certificate ran out last night; only the first is watched. A new one is "
            "issued; we need the partners to accept it, see runbook 14.",
        ),
        (
            44,
            True,
            "",
            "We know why: a certificate of ours has run out. A new one is being put in place; some of you "
            "will get a message from us with a file that your provider needs.",
        ),
        (
            60,
            True,
            "",
            "The new certificate is in place. Providers that read it by themselves work again; for the "
            "others we are on the phone with your administrators.",
        ),
    ),
)

LEARNED = {
    "summary": (
        "From 08:38 to 10:48 webhooks reached partners up to two hours late. No message was lost. A "
        "setting of the new delivery queue handed messages out one by one."
    ),
    "timeline": (
        "- **08:38** the backlog begins to grow, unnoticed: the alarm looked at the old queue\n- "
        "**09:00** a partner's ticket tells us\n- **09:41** cause found: `prefetch` 1 where it was 50\n- "
        "**10:28** corrected in production\n- **10:48** backlog gone"
    ),
    "impact": (
        "Three partners received order events late for two hours; one of them shipped 14 orders a day "
        "later than promised. The API and the portal worked all the time."
    ),
    "root_cause": (
        "The delivery queue was moved to a new cluster overnight. Its configuration was written anew, "
        "and the number of messages that a worker may hold was left at the cluster's default. The load "
        "test before the move ran with a tenth of the usual partners, where the default is enough."
    ),
    "factors": (
        "- The alarm on the backlog still looked at the old queue, so a partner noticed before we "
        "did.\n- The move was done by one person at night, and the checklist had no line for limits."
    ),
    "went_well": (
        "- Within nine minutes somebody was in charge, and the first public word came after a quarter of "
        "an hour.\n- Messages are kept until they are acknowledged: nothing had to be repeated."
    ),
    "prevention": (
        "- Configuration of queues is compared by a check before and after a move.\n- The alarm follows "
        "the age of the oldest message, whatever queue it waits in.\n- Load tests run with the usual "
        "number of partners."
    ),
}
# Title, due days after the incident, who promises, the colleague who looks after it.
PREVENTED = (
    ("Alarm on the age of the oldest webhook, with five minutes as its limit", 14, "us", "tam"),
    ("Compare the configuration of queues before and after each move", 45, "us", "tam"),
    ("Read events from the API when none has come for ten minutes", 40, "them", ""),
)

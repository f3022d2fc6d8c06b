"""What the pages of the relationship are for, how their numbers come about, and what to do with them, in a few words.

Said on the page itself, under "How this works". Who changes a rule changes its words here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, kw_only=True)
class Help:
    """Three short paragraphs: the purpose of a page, what its numbers rest on, and what one does there."""

    purpose: Promise
    numbers: Promise
    todo: Promise


HELP: Mapping[str, Help] = {
    "calendar": Help(
        purpose=_("Everything of yours that has a day: touchpoints, reviews, renewals and promises, by week or month."),
        numbers=_(
            "It shows what you may see at this moment. Interaction debt is what is overdue; a touchpoint that is late "
            "by half of its distance counts as missed, since the next one is nearer."
        ),
        todo=_(
            "Hold what is due, leave out with a reason what is not needed, and subscribe your calendar program to the "
            "secret address, which you can revoke at any time."
        ),
    ),
    "touchpoints": Help(
        purpose=_(
            "When the two sides meet: the cadence plans a hundred days ahead, by kind, segment, gemstone and stage."
        ),
        numbers=_(
            "Days are counted from the launch or the beginning of the work, so that nothing shifts what comes later. "
            "A holiday there, or a day on which its holder is away, gives way to the next working day. A two-way talk "
            "with a champion, an executive or the primary contact within half a distance before a day keeps it."
        ),
        todo=_(
            "Log the talk, leave out with a reason, or put one on another day, where it stays. Agree another distance "
            "with one organization if it asks for it: that goes before every rule."
        ),
    ),
    "commitments": Help(
        purpose=_("What both sides promised, with a name and a day. The other side reads the same list in the portal."),
        numbers=_(
            "The rate counts promises of the last twelve months whose day has come: kept by the day that holds. A day "
            "agreed anew holds if the one before was not over yet. Below eight promises a rate is a hint."
        ),
        todo=_(
            "Say how each ended, or agree another day before this one is over. Owners are reminded three days before, "
            "on the day and weekly after; a reminder to the other side is drafted, and you send it."
        ),
    ),
    "reviews": Help(
        purpose=_(
            "Looking back on a quarter together: a pack builds itself before each business review of the cadence."
        ),
        numbers=_(
            "Each figure says what it was counted from and opens it. The pack follows the data until it is presented; "
            "then it is frozen, with a checksum. The other side's edition holds what is released to it, money never."
        ),
        todo=_(
            "Look it through, add notes, release or leave out sections, and present it. What is agreed becomes a "
            "promise. PDF and slides of their edition are made when it is presented, or for many at once from the list."
        ),
    ),
    "plans": Help(
        purpose=_("What an organization wants to reach by when, and the steps that lead there."),
        numbers=_(
            "An objective with a metric is reached when its value is, and nobody ticks it. A plan is behind once an "
            "objective is over its day, or objectives or steps are more than a tenth behind the even pace. Covered is "
            "an account with an active plan; value realized is the share of objectives due within a year of the launch "
            "that were reached by then."
        ),
        todo=_(
            "Begin one from a template and agree it with them, share it in the portal, and say of the objectives that "
            "nothing measures how they ended."
        ),
    ),
    "stakeholders": Help(
        purpose=_("Who counts at an organization, for us or against us, and what is known of it."),
        numbers=_(
            "Warnings come from two-way contact: everything hangs on one person, executives are missing, a sponsor is "
            "quiet or has left. Gone quiet means no such talk with a champion, an executive or a sponsor for longer "
            "than the cadence allows. A fact is stale after the days that the policy gives it."
        ),
        todo=_("Assess people after a talk, name a second contact, and confirm with one click what is still true."),
    ),
    "growth": Help(
        purpose=_("What comes in more and what is at stake: opportunities, renewals and the ledger of revenue."),
        numbers=_(
            "Weighted is the value times the probability. Gross retention counts of each organization no more than it "
            "brought when the period began, net retention its expansion too, both out of the ledger by the rates of "
            "today. Of nothing there is no share."
        ),
        todo=_(
            "Keep stage, value and day true; what is won or renewed at another value writes the ledger by itself. A "
            "mistake in the ledger is answered by a correction."
        ),
    ),
    "renewals": Help(
        purpose=_("Which contracts are to be renewed, and what the machine, the owner and the other side say of each."),
        numbers=_(
            "The machine's verdict names its reasons: health, use, open criticals, voices, late promises, missed "
            "meetings, silence. None of the three overwrites another. From 90 days before (or what your policy says) "
            '"to be watched" is no verdict any more.'
        ),
        todo=_(
            "Give yours with a reason, ask for theirs, and close it as renewed, lost or withdrawn once it is decided."
        ),
    ),
    "trainings": Help(
        purpose=_("What helps them on: trainings, advice, technical integrations and services as promised."),
        numbers=_(
            "A gate that waits for training asks that one of theirs has passed and that nobody's last word is \"not "
            'passed". An integration is in time by the day first planned. Services stand against what the gemstone '
            "promises."
        ),
        todo=_("Write down the need, plan the session, and say afterwards who was there and how it went for them."),
    ),
    "references": Help(
        purpose=_("What went well, and who may hear of it."),
        numbers=_(
            "A win is told only while consent is given and has not run out. An organization is asked to serve as a "
            "reference every 60 days at most, and three times a year."
        ),
        todo=_(
            "Ask for consent while the success is fresh, say to whom it may be told, and settle what was asked for."
        ),
    ),
    "feedback": Help(
        purpose=_("What the product lacks: one item, with all who ask for it behind it."),
        numbers=_(
            "Behind an item stand its voices, how much they need it, and the yearly revenue of those whose commercial "
            "fields you read. Organizations that you do not open are counted and never named."
        ),
        todo=_(
            "Add a voice in their words, merge what says the same, link the issue outside; once it is released, send "
            "the draft that is written for your organizations."
        ),
    ),
    "campaigns": Help(
        purpose=_("How likely contacts are to recommend us, asked of many at once."),
        numbers=_(
            "NPS is the percentage of 9 and 10 less that of 0 to 6, with the interval that small numbers leave open. "
            "People are spared who were asked lately, who do not want to be asked, or where something critical is open."
        ),
        todo=_("Look at the preview of who is asked and who is spared, start it, and answer low scores the same day."),
    ),
}

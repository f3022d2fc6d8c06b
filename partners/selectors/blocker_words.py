"""What is in the way of a gate, in words that say what to do about it."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from accounts.labels import role_label
from partners.rules.answers import Problem, Trouble
from partners.rules.gates import Blocker, BlockerCode
from partners.rules.journeys import JourneyStage
from partners.selectors.gate_words import in_language, problem_in_words

_MOST_SAID = 3


def blocker_in_words(blocker: Blocker, stage: JourneyStage) -> str:
    """One thing in the way, in the reader's language; no answer is named in it."""
    params = blocker.params
    section = stage.section(str(params.get("section", "")))
    words = {"what": in_language(blocker.label), "section": in_language(section.title) if section else ""}
    match blocker.code:
        case BlockerCode.NO_SUBMISSION:
            return _("%(what)s has not been submitted.") % words
        case BlockerCode.RULE_BROKEN:
            return _("%(section)s: %(what)s") % words
        case BlockerCode.ANSWER_PROBLEM:
            given = {name: value for name, value in params.items() if name not in ("questionnaire", "section")}
            field, trouble = str(given.pop("field")), Trouble(given.pop("trouble"))
            problem = problem_in_words(Problem(field=field, trouble=trouble, params=given))
            return f"{words['section']}: {problem}"
        case BlockerCode.JUDGED_FAILED:
            return _("%(section)s was judged as failed.") % words
        case BlockerCode.REVIEW_PENDING:
            return _("%(section)s waits for a judgment.") % words
        case BlockerCode.SIGNATURE_MISSING:
            return _("The signature of the %(role)s is missing.") % {"role": role_label(str(params["role"]))}
        case BlockerCode.FACT_UNKNOWN:
            return _("%(what)s: this is not known at the moment.") % words
    return " ".join(filter(None, (f"{words['what']}.", str(params.get("words", "")))))


def blockers_in_words(blockers: Sequence[Blocker], stage: JourneyStage) -> str:
    """The first few of them, one after the other, for a message."""
    said = " ".join(blocker_in_words(blocker, stage) for blocker in blockers[:_MOST_SAID])
    more = len(blockers) - _MOST_SAID
    return _("%(said)s And %(more)s more.") % {"said": said, "more": more} if more > 0 else said


def place_of(blocker: Blocker) -> str:
    """What a blocker is about: the id of a section, a criterion or a questionnaire, or a role."""
    known = ("section", "criterion", "role", "questionnaire")
    return next((str(blocker.params[name]) for name in known if name in blocker.params), "")

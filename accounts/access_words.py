"""The explainer's sentences: reasons and next steps of a Decision in the reader's language.

Every reason has two forms, to the asker ("You are TAM of Northwind") and about another person, whom an admin asks for.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_noop, ngettext, pgettext

from accounts.choices import STAGES_BY_KIND
from accounts.labels import joined, kind_phrase, role_phrase, role_short_label, stage_label
from accounts.rules.access import Decision, Reason, ReasonCode, Right

# To the asker, and about another person.
_SAID: Mapping[ReasonCode, tuple[str, str]] = {
    ReasonCode.SEES_EVERYTHING: (
        gettext_noop("As %(role_phrase)s you see every organization."),
        gettext_noop("As %(role_phrase)s, %(person)s sees every organization."),
    ),
    ReasonCode.ASSIGNED: (
        gettext_noop(
            "You are %(role)s of %(organization)s, which is in %(stage)s; "
            "%(role_phrase)s sees %(kind_phrase)s %(span)s."
        ),
        gettext_noop(
            "%(person)s is %(role)s of %(organization)s, which is in %(stage)s; "
            "%(role_phrase)s sees %(kind_phrase)s %(span)s."
        ),
    ),
    ReasonCode.LEADS_MEMBER: (
        gettext_noop("You lead %(member)s, who is assigned to %(organization)s as %(role)s."),
        gettext_noop("%(person)s leads %(member)s, who is assigned to %(organization)s as %(role)s."),
    ),
    ReasonCode.LEADS_RECEIVER: (
        gettext_noop("Somebody in a team that you lead has a handoff of %(organization)s to accept."),
        gettext_noop("Somebody in a team that %(person)s leads has a handoff of %(organization)s to accept."),
    ),
    ReasonCode.GIVES_HANDOFF: (
        gettext_noop("You are %(role)s of %(organization)s and see it until your handoff is accepted."),
        gettext_noop("%(person)s is %(role)s of %(organization)s and sees it until the handoff is accepted."),
    ),
    ReasonCode.RECEIVES_HANDOFF: (
        gettext_noop("You have a handoff of %(organization)s to accept and see its summary."),
        gettext_noop("%(person)s has a handoff of %(organization)s to accept and sees its summary."),
    ),
    ReasonCode.PARTICIPANT: (
        gettext_noop("You take part in %(organization)s (%(role)s) and see its summary and your tasks."),
        gettext_noop("%(person)s takes part in %(organization)s (%(role)s) and sees its summary and own tasks."),
    ),
    ReasonCode.PORTAL_OPEN: (
        gettext_noop("You are a contact of %(organization)s."),
        gettext_noop("%(person)s is a contact of %(organization)s."),
    ),
    ReasonCode.CONTEXT_GRANT: (
        gettext_noop("The answers of earlier stages are open to you until %(expires_at)s."),
        gettext_noop("The answers of earlier stages are open to %(person)s until %(expires_at)s."),
    ),
    ReasonCode.NO_ROLES: (
        gettext_noop("You hold no role yet, and without a role there is nothing to see."),
        gettext_noop("%(person)s holds no role, and without a role there is nothing to see."),
    ),
    ReasonCode.NO_TIE: (
        gettext_noop("No organization of this name is open to you: either there is none, or you have no part in it."),
        gettext_noop(
            "No organization of this name is open to %(person)s: either there is none, or %(person)s has no part in it."
        ),
    ),
    ReasonCode.STAGE_OUTSIDE: (
        gettext_noop(
            "You are %(role)s of %(organization)s, but it is in %(stage)s; "
            "%(role_phrase)s sees %(kind_phrase)s %(span)s."
        ),
        gettext_noop(
            "%(person)s is %(role)s of %(organization)s, but it is in %(stage)s; "
            "%(role_phrase)s sees %(kind_phrase)s %(span)s."
        ),
    ),
    ReasonCode.KIND_OUTSIDE: (
        gettext_noop(
            "You are %(role)s of %(organization)s, but it is %(kind_phrase)s; %(role_phrase)s sees none of that kind."
        ),
        gettext_noop(
            "%(person)s is %(role)s of %(organization)s, but it is %(kind_phrase)s; "
            "%(role_phrase)s sees none of that kind."
        ),
    ),
    ReasonCode.ROLE_REMOVED: (
        gettext_noop("You are assigned to %(organization)s as %(role)s, but you no longer hold that role."),
        gettext_noop("%(person)s is assigned to %(organization)s as %(role)s, but no longer holds that role."),
    ),
    ReasonCode.ASSIGNMENT_ENDED: (
        gettext_noop("Your assignment to %(organization)s as %(role)s has ended."),
        gettext_noop("The assignment of %(person)s to %(organization)s as %(role)s has ended."),
    ),
    ReasonCode.SUMMARY_ONLY: (
        gettext_noop("Beyond that, %(organization)s is closed to you."),
        gettext_noop("Beyond that, %(organization)s is closed to %(person)s."),
    ),
    ReasonCode.ADMIN_NEVER_SIGNS: (
        gettext_noop("An administrator never signs, but may override a failed gate with a written reason."),
        gettext_noop("An administrator never signs, but may override a failed gate with a written reason."),
    ),
    ReasonCode.FIELD_CLOSED: (
        gettext_noop("Its commercial figures are shown to other roles only: %(readers)s."),
        gettext_noop("Its commercial figures are shown to other roles only: %(readers)s."),
    ),
    ReasonCode.ANSWERS_NEED_GRANT: (
        gettext_noop("You see a summary of its earlier stages; for the answers you need a context grant."),
        gettext_noop("%(person)s sees a summary of its earlier stages; the answers need a context grant."),
    ),
    ReasonCode.GRANT_EXPIRED: (
        gettext_noop("Your context grant does not open these answers: it has ended or was for another stage."),
        gettext_noop(
            "The context grant of %(person)s does not open these answers: it has ended or was for another stage."
        ),
    ),
}
_MISSING_RIGHT: Mapping[str, tuple[str, str]] = {
    Right.SEE: (
        gettext_noop("You may not open %(organization)s."),
        gettext_noop("%(person)s may not open %(organization)s."),
    ),
    Right.WORK: (
        gettext_noop("You see %(organization)s, but in %(stage)s it is for others to work on it."),
        gettext_noop("%(person)s sees %(organization)s, but in %(stage)s it is for others to work on it."),
    ),
    Right.SIGN: (
        gettext_noop("You see %(organization)s, but in %(stage)s you do not sign for it."),
        gettext_noop("%(person)s sees %(organization)s, but in %(stage)s does not sign for it."),
    ),
}


def sentences(decision: Decision, *, person: str | None = None, today: date | None = None) -> list[str]:
    """Say a decision: why, then what to do next and whom to contact.

    `person` is the name of the one asked about, where that is not the asker. With `today`, an expected day in another
    year names its year.
    """
    why = [_why(reason, person, today) for reason in decision.reasons]
    return why + [_NEXT[step.code](step.params, today) for step in decision.next_steps]


def _why(reason: Reason, person: str | None, today: date | None) -> str:
    said = (
        _MISSING_RIGHT[str(reason.params["right"])] if reason.code is ReasonCode.RIGHT_MISSING else _SAID[reason.code]
    )
    words = _words(reason.params, today)
    return gettext(said[0]) % words if person is None else gettext(said[1]) % {**words, "person": person}


def _words(params: Mapping[str, Any], today: date | None) -> dict[str, str]:
    """The facts of a reason as words."""
    words = {name: str(params.get(name, "")) for name in ("organization", "member")}
    if role := params.get("role"):
        words |= {"role": role_short_label(role), "role_phrase": role_phrase(role)}
    if kind := params.get("kind"):
        words |= {"kind_phrase": kind_phrase(kind), "stage": stage_label(params["stage"])}
    if stages := params.get("visible_stages"):
        words["span"] = _span(params["kind"], stages)
    if readers := params.get("readers"):
        words["readers"] = joined(role_short_label(reader) for reader in readers)
    if moment := params.get("expires_at"):
        words["expires_at"] = _day(timezone.localdate(moment) if isinstance(moment, datetime) else moment, today)
    return words


def _span(kind: str, stages: tuple[str, ...]) -> str:
    """When a role sees an organization: "from Gate 3 on", "only in Gate 2", "from Pre-Contract to Gate 1"."""
    journey = tuple(stage.value for stage in STAGES_BY_KIND[kind])
    first, last = stages[0], stages[-1]
    if journey[journey.index(first) : journey.index(last) + 1] != stages:
        return gettext("in %(stages)s") % {"stages": joined(map(stage_label, stages))}
    if stages == journey:
        return gettext("in every stage")
    if last == journey[-1]:
        return gettext("from %(first)s on") % {"first": stage_label(first)}
    if first == last:
        return gettext("only in %(first)s") % {"first": stage_label(first)}
    return gettext("from %(first)s to %(last)s") % {"first": stage_label(first), "last": stage_label(last)}


def _day(day: date, today: date | None) -> str:
    if today is None or day.year == today.year:
        # Translators: how a day of this year stands in a sentence, in Django's date format letters ("3 March").
        return date_format(day, pgettext("day of this year", "j F"))
    # Translators: how a day of another year stands in a sentence, in Django's date format letters ("3 March 2027").
    return date_format(day, pgettext("day of another year", "j F Y"))


def _wait(params: Mapping[str, Any], today: date | None) -> str:
    if params["expected_on"] is None:
        return gettext("It opens when it reaches %(stage)s.") % {"stage": stage_label(params["visible_from"])}
    return gettext("Expected around %(day)s.") % {"day": _day(params["expected_on"], today)}


def _ask_owner(params: Mapping[str, Any], today: date | None) -> str:
    names = params["names"]
    return ngettext("Its %(role)s is %(names)s.", "Its %(role)s role is shared by %(names)s.", len(names)) % {
        "role": role_short_label(params["role"]),
        "names": joined(names),
    }


def _ask_for_grant(params: Mapping[str, Any], today: date | None) -> str:
    if not params["names"]:
        return gettext("Ask for one and say why: a manager or an administrator can give it for a limited time.")
    return gettext(
        "Ask for one and say why: %(names)s (PAM), a manager or an administrator can give it for a limited time."
    ) % {
        "names": joined(params["names"]),
    }


def _ask_signers(params: Mapping[str, Any], today: date | None) -> str:
    return gettext("Here it is signed by: %(roles)s.") % {
        "roles": joined(role_short_label(role) for role in params["roles"])
    }


_NEXT: Mapping[ReasonCode, Callable[[Mapping[str, Any], date | None], str]] = {
    ReasonCode.WAIT_FOR_STAGE: _wait,
    ReasonCode.ASK_OWNER: _ask_owner,
    ReasonCode.ASK_SIGNERS: _ask_signers,
    ReasonCode.ASK_FOR_GRANT: _ask_for_grant,
    ReasonCode.ASK_ADMIN: lambda params, today: gettext("Ask an administrator."),
    ReasonCode.CHECK_NAME: lambda params, today: gettext("Check how it is spelled, or ask whoever told you about it."),
    ReasonCode.OPEN_DIRECTORY: lambda params, today: gettext("The directory of team contacts names whom to ask."),
}

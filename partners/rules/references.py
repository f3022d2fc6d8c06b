"""Who may be asked to serve as a reference, and when it would be too much. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

REST_DAYS = 60
"""So many days lie between two requests to one organization."""
MOST_IN_A_YEAR = 3
YEAR = 365


class Hindrance(StrEnum):
    """Why a win is not told to somebody else now."""

    NO_CONSENT = "no_consent"
    RAN_OUT = "ran_out"
    NOT_WILLING = "not_willing"
    ASKED_LATELY = "asked_lately"
    ASKED_OFTEN = "asked_often"


@dataclass(frozen=True, kw_only=True, slots=True)
class Willing:
    """What was agreed of a win. `consent_until` is the last day on which it may be told; None without an end."""

    is_reference: bool
    has_consent: bool
    consent_until: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Hindered:
    """Why not, and from which day on it is possible again; None where time alone does not help."""

    why: Hindrance
    free_on: date | None = None


def hindered(willing: Willing, asked_on: Iterable[date], today: date) -> Hindered | None:
    """Why they are not asked today; None to ask.

    `asked_on`: the days of all requests to the organization, whatever win they were for and whatever came of them.
    """
    if not willing.has_consent:
        return Hindered(why=Hindrance.NO_CONSENT)
    if willing.consent_until is not None and willing.consent_until < today:
        return Hindered(why=Hindrance.RAN_OUT)
    if not willing.is_reference:
        return Hindered(why=Hindrance.NOT_WILLING)
    lately = sorted(day for day in asked_on if today - timedelta(days=YEAR) < day <= today)
    often = lately[-MOST_IN_A_YEAR] + timedelta(days=YEAR) if len(lately) >= MOST_IN_A_YEAR else today
    rested = lately[-1] + timedelta(days=REST_DAYS) if lately else today
    if max(often, rested) <= today:
        return None
    why = Hindrance.ASKED_OFTEN if often > rested else Hindrance.ASKED_LATELY
    return Hindered(why=why, free_on=max(often, rested))

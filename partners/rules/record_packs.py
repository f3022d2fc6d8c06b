"""The pack `customer_record`, as types: what is to be known of an organization, and how long it stays fresh. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from common import reading
from common.reading import MalformedInput
from partners.rules import pack_reading as packs
from partners.rules.classification_packs import KINDS, Body, Label

PROFILES = ("business", "technical")
DUE = ("closed_won", "go_live")
MAX_KEY = 40
KEYS = (
    "people", "contact_days", "sponsor_quiet_days", "keys", "id", "profile", "label", "help", "en", "de", "kinds",
    "due", "fresh_days",
)  # fmt: skip
_KEY_FIELDS = ("id", "profile", "label", "help", "kinds", "due", "fresh_days")


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordKey:
    """One thing to know. `due`: from when on it counts as missing; `fresh_days`: after so many it is asked for anew."""

    id: str
    profile: str
    label: Label
    help: Label
    kinds: frozenset[str]
    due: str
    fresh_days: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PeoplePolicy:
    """After how many days without two-way contact a person does not count as in contact, and a sponsor as quiet."""

    contact_days: int
    sponsor_quiet_days: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordPolicy:
    """The customer record in force, in the order of its page."""

    version: int
    people: PeoplePolicy
    keys: Mapping[str, RecordKey]

    def of(self, kind: str) -> tuple[RecordKey, ...]:
        """What is to be known of organizations of a kind."""
        return tuple(key for key in self.keys.values() if kind in key.kinds)


def parse_record(body: Body, *, version: int) -> RecordPolicy:
    """The pack `customer_record`. Raises MalformedInput at the place of what is wrong."""
    content = reading.mapping(body, "", known=("people", "keys"))
    people = reading.mapping(
        reading.member(content, "people", ""), "people", known=("contact_days", "sponsor_quiet_days")
    )
    keys = [_key(row, place) for place, row in packs.rows(content, "keys", known=_KEY_FIELDS)]
    packs.refuse_twins([key.id for key in keys], "keys", "id")
    return RecordPolicy(
        version=version,
        people=PeoplePolicy(
            contact_days=packs.whole(people, "contact_days", "people", least=1),
            sponsor_quiet_days=packs.whole(people, "sponsor_quiet_days", "people", least=1),
        ),
        keys={key.id: key for key in keys},
    )


def _key(row: packs.Row, place: str) -> RecordKey:
    name = packs.identifier(row, place)
    if len(name) > MAX_KEY:
        raise MalformedInput(reading.at(place, "id"), f"must have up to {MAX_KEY} characters")
    kinds = packs.words(row, "kinds", place, KINDS)
    if not kinds:
        raise MalformedInput(reading.at(place, "kinds"), "must name at least one")
    return RecordKey(
        id=name,
        profile=reading.one_of(reading.member(row, "profile", place), PROFILES, reading.at(place, "profile")),
        label=packs.label(row, place),
        help=packs.optional_label(row, place, "help"),
        kinds=frozenset(kinds),
        due=reading.one_of(reading.member(row, "due", place), DUE, reading.at(place, "due")),
        fresh_days=packs.whole(row, "fresh_days", place, least=1),
    )

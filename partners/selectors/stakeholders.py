"""The people who count at an organization as its page shows them: a map, a chart, and what to watch out for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from accounts.rules.access import Actor
from partners.cadence_policy import policy_in_force as cadence_in_force
from partners.choices import ContactRole
from partners.models import Contact, Organization
from partners.record_policy import policy_in_force
from partners.rules.cadence import Facts, governing_rule
from partners.rules.cadence_packs import CadencePolicy
from partners.rules.record_packs import PeoplePolicy, RecordPolicy
from partners.rules.stakeholders import COUNTING_ROLES, Person, chart, warnings_of
from partners.selectors.gate_state import local_day
from partners.stakeholder_choices import Influence, Sentiment
from partners.stakeholder_words import ShownWarning, warning_words

MOST = 200
DEFAULTS = PeoplePolicy(contact_days=90, sponsor_quiet_days=45)
_TONES = {
    Sentiment.PROMOTER: "success",
    Sentiment.POSITIVE: "success",
    Sentiment.NEUTRAL: "neutral",
    Sentiment.CRITICAL: "warning",
    Sentiment.OPPONENT: "danger",
    Sentiment.UNKNOWN: "neutral",
}


@dataclass(frozen=True, kw_only=True)
class StakeholderRow:
    """One person. `depth`: how far below the top of the chart; `stakeholder_id` empty: nothing was said of them yet."""

    contact_id: str
    stakeholder_id: str
    name: str
    job_title: str
    email: str
    role: str
    role_label: str
    influence: str
    influence_label: str
    sentiment: str
    sentiment_label: str
    tone: str
    is_sponsor: bool
    reports_to: str
    reports_to_id: str
    cares_about: str
    last_two_way_at: datetime | None
    left_on: date | None
    has_portal: bool
    version: int
    depth: int = 0


@dataclass(frozen=True, kw_only=True)
class MapCell:
    """One square of the map: people of one influence and one sentiment."""

    sentiment_label: str
    tone: str
    people: tuple[StakeholderRow, ...]


@dataclass(frozen=True, kw_only=True)
class MapLine:
    """One line of the map: an influence with its squares from against us to for us."""

    influence_label: str
    cells: tuple[MapCell, ...]


@dataclass(frozen=True, kw_only=True)
class PeopleMap:
    """`rows` in the order of the chart; `gone` have left."""

    rows: Sequence[StakeholderRow]
    gone: Sequence[StakeholderRow]
    lines: Sequence[MapLine]
    warnings: Sequence[ShownWarning]

    @property
    def columns(self) -> list[str]:
        """The heads of the map's columns."""
        return [str(sentiment.label) for sentiment in _ACROSS]

    @property
    def is_placed(self) -> bool:
        """Whether anybody's influence or sentiment is known: else the map says nothing."""
        known = (row.influence != Influence.UNKNOWN or row.sentiment != Sentiment.UNKNOWN for row in self.rows)
        return any(known)


_ACROSS = (
    Sentiment.OPPONENT,
    Sentiment.CRITICAL,
    Sentiment.NEUTRAL,
    Sentiment.POSITIVE,
    Sentiment.PROMOTER,
    Sentiment.UNKNOWN,
)
_DOWN = (Influence.DECIDES, Influence.HIGH, Influence.MEDIUM, Influence.LOW, Influence.UNKNOWN)


def people_of(
    actor: Actor,
    organization: Organization,
    *,
    now: datetime,
    arr_segment: str = "",
    gemstone: str = "",
    record: RecordPolicy | None = None,
) -> PeopleMap:
    """Everybody who counts at an organization. Three statements at most, two where the record's policy is given."""
    found = list(_contacts(actor, organization.pk)[:MOST])
    policy = (record or policy_in_force() or _NONE).people
    wanted = executives_wanted(
        cadence_in_force(), kind=organization.kind, stage=organization.stage, segment=arr_segment, gemstone=gemstone
    )
    here = [one for one in found if not _is_gone(one)]
    bosses = {one.pk: _boss_of(one, found) for one in found}
    by_id = {one.pk: one for one in found}
    placed = chart(bosses, [one.pk for one in here])
    rows = [_row(by_id[one.id], depth=one.depth) for one in placed]
    people = [_person(one, organization) for one in found]
    warned = warnings_of(people, today=local_day(organization, now), policy=policy, executives_wanted=wanted)
    return PeopleMap(
        rows=rows,
        gone=[_row(one) for one in found if _is_gone(one) and one.archived_at is None],
        lines=_lines(rows),
        warnings=[warning_words(one) for one in warned],
    )


def executives_wanted(policy: CadencePolicy | None, *, kind: str, stage: str, segment: str, gemstone: str) -> int:
    """How many executive relationships the cadence expects of such organizations."""
    if policy is None:
        return 0
    facts = Facts(kind=kind, stage=stage, is_working_day=lambda day: True, arr_segment=segment, gemstone=gemstone)
    rule = governing_rule(policy, facts)
    return rule.executive_relationships if rule is not None else 0


_NONE = RecordPolicy(version=0, people=DEFAULTS, keys={})


def _contacts(actor: Actor, organization_id: int) -> Any:
    """Contacts who count; an archived one only where a row of theirs says what they meant."""
    counting = Q(role__in=sorted(COUNTING_ROLES)) | Q(stakeholder__isnull=False) & ~Q(
        stakeholder__influence=Influence.UNKNOWN,
        stakeholder__sentiment=Sentiment.UNKNOWN,
        stakeholder__is_sponsor=False,
    )
    rows = Contact.objects.visible_to(actor).filter(counting, organization_id=organization_id)
    kept = rows.filter(Q(archived_at__isnull=True) | Q(stakeholder__is_sponsor=True))
    return kept.select_related("stakeholder", "stakeholder__reports_to__contact").order_by("name_sort", "pk")


def _known(contact: Any) -> Any:
    return getattr(contact, "stakeholder", None)


def _is_gone(contact: Any) -> bool:
    known = _known(contact)
    return contact.archived_at is not None or (known is not None and known.left_on is not None)


def _boss_of(contact: Any, found: Sequence[Any]) -> int | None:
    known = _known(contact)
    return known.reports_to.contact_id if known is not None and known.reports_to_id else None


def _person(contact: Any, organization: Organization) -> Person:
    known = _known(contact)
    left_on = known.left_on if known is not None else None
    if left_on is None and contact.archived_at is not None:
        left_on = local_day(organization, contact.archived_at)
    last = known.last_two_way_at if known is not None else None
    return Person(
        id=contact.pk,
        name=contact.name,
        role=contact.role,
        influence=known.influence if known is not None else "unknown",
        sentiment=known.sentiment if known is not None else "unknown",
        is_sponsor=known is not None and known.is_sponsor,
        last_two_way_on=local_day(organization, last) if last is not None else None,
        left_on=left_on,
    )


def _row(contact: Any, *, depth: int = 0) -> StakeholderRow:
    known = _known(contact)
    influence = Influence(known.influence) if known is not None else Influence.UNKNOWN
    sentiment = Sentiment(known.sentiment) if known is not None else Sentiment.UNKNOWN
    boss = known.reports_to if known is not None else None
    return StakeholderRow(
        contact_id=str(contact.public_id),
        stakeholder_id=str(known.public_id) if known is not None else "",
        name=contact.name,
        job_title=contact.job_title,
        email=contact.email,
        role=contact.role,
        role_label=str(ContactRole(contact.role).label),
        influence=influence,
        influence_label=str(influence.label),
        sentiment=sentiment,
        sentiment_label=str(sentiment.label),
        tone=_TONES[sentiment],
        is_sponsor=known is not None and known.is_sponsor,
        reports_to=boss.contact.name if boss is not None else "",
        reports_to_id=str(boss.public_id) if boss is not None else "",
        cares_about=known.cares_about if known is not None else "",
        last_two_way_at=known.last_two_way_at if known is not None else None,
        left_on=known.left_on if known is not None else None,
        has_portal=contact.user_id is not None,
        version=known.version if known is not None else 0,
        depth=min(depth, 6),
    )


def _lines(rows: Sequence[StakeholderRow]) -> list[MapLine]:
    return [
        MapLine(
            influence_label=str(influence.label),
            cells=tuple(
                MapCell(
                    sentiment_label=str(sentiment.label),
                    tone=_TONES[sentiment],
                    people=tuple(row for row in rows if (row.influence, row.sentiment) == (influence, sentiment)),
                )
                for sentiment in _ACROSS
            ),
        )
        for influence in _DOWN
        if influence is not Influence.UNKNOWN or any(row.influence == influence for row in rows)
    ]

"""The documentation hub as people read it: by stage, phase and role, searched, one article, and where it is needed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.labels import role_short_label, stage_label
from accounts.rules.access import Actor
from common.markdown import rendered
from partners import guide_policy
from partners.guide_policy import words
from partners.models import Guide
from partners.rules.guides import Guide as Article
from partners.rules.guides import GuidePolicy, GuideSection, sections_for

# Of the guides at a gate: what is longer stands in the hub.
SHOWN = 8


@dataclass(frozen=True, kw_only=True)
class GuideRow:
    """One guide in a list. `url` leads to its page, or outside where it `is_link`."""

    key: str
    title: str
    url: str
    is_link: bool
    opening: str
    owner: str
    owner_role: str
    reviewed_on: date | None
    review_due_on: date | None
    is_overdue: bool


@dataclass(frozen=True, kw_only=True)
class ShownSection:
    """The guides of one place."""

    id: str
    title: str
    place: str
    roles: tuple[str, ...]
    rows: tuple[GuideRow, ...]


@dataclass(frozen=True, kw_only=True)
class GuideFilter:
    """What narrows the hub; empty narrows nothing. `is_late`: only what is to be looked over."""

    text: str = ""
    kind: str = ""
    stage: str = ""
    phase: str = ""
    role: str = ""
    is_late: bool = False


@dataclass(frozen=True, kw_only=True)
class ShownArticle:
    """One guide with its text, as HTML that is safe."""

    row: GuideRow
    section: str
    place: str
    body: SafeString
    link: str
    article: Article
    guide: Guide | None


def hub(actor: Actor, policy: GuidePolicy, wanted: GuideFilter, *, now: datetime) -> list[ShownSection]:
    """The sections of `policy` with the guides that fit, in the order of the pack. One statement."""
    kept, today = _kept(actor), timezone.localdate(now)
    found = []
    for section in _places(policy, kind=wanted.kind, stage=wanted.stage, phase=wanted.phase, role=wanted.role):
        rows = tuple(_row(article, kept, today) for article in section.guides if _speaks_of(article, wanted.text))
        if wanted.is_late:
            rows = tuple(row for row in rows if row.is_overdue)
        if rows:
            found.append(_section(section, rows))
    return found


def articles_of(policy: GuidePolicy, *, kind: str, stage: str, phase: str, role: str, text: str) -> list[Article]:
    """The guides of `policy` that fit, in its order; what is empty narrows nothing. No statement."""
    places = _places(policy, kind=kind, stage=stage, phase=phase, role=role)
    return [article for section in places for article in section.guides if _speaks_of(article, text)]


def _places(policy: GuidePolicy, *, role: str, **place: str) -> list[GuideSection]:
    """The sections for a place and a role, in the order of the pack."""
    order = [section.id for section in policy.sections]
    found = sections_for(policy, roles=(role,) if role else (), **place)
    return sorted(found, key=lambda section: order.index(section.id))


def guides_for(actor: Actor, *, kind: str, stage: str, phase: str = "", now: datetime) -> tuple[GuideRow, ...]:
    """What somebody in the actor's roles needs at a gate, nearest first, eight at most. One statement.

    Who works in no role of any section there (leads, managers, admins) is shown what everybody there needs. Who keeps
    a guide, its own page says.
    """
    policy = guide_policy.policy_in_force()
    place = {"kind": kind, "stage": stage, "phase": phase}
    sections = sections_for(policy, roles=actor.active_roles, **place) or sections_for(policy, **place)
    articles = [article for section in sections for article in section.guides]
    return tuple(_row(article, {}, timezone.localdate(now)) for article in articles[:SHOWN])


def article(actor: Actor, key: str, *, now: datetime) -> ShownArticle | None:
    """One guide, if the pack in force has it. Two statements."""
    policy = guide_policy.policy_in_force()
    found = next(((one, section) for section in policy.sections for one in section.guides if one.id == key), None)
    if found is None or not actor.is_staff:
        return None
    one, section = found
    guide = Guide.objects.visible_to(actor).select_related("owner", "reviewed_by").filter(key=key).first()
    kept = {key: guide} if guide else {}
    return ShownArticle(
        row=_row(one, kept, timezone.localdate(now)),
        section=words(section.title),
        place=_place(section),
        body=rendered(words(one.body)),
        link=one.link,
        article=one,
        guide=guide,
    )


def find(actor: Actor, text: str, limit: int) -> list[tuple[str, str, str]]:
    """Title, address and place of the guides whose titles hold all words of `text`. One statement."""
    wanted = text.replace("\0", "").strip().lower()
    if len(wanted) < 2 or not actor.is_staff:
        return []
    policy = guide_policy.policy_in_force()
    hits = [
        (words(one.title), _url(one), _place(section))
        for section in policy.sections
        for one in section.guides
        if all(word in words(one.title).lower() for word in wanted.split())
    ]
    return hits[:limit]


def choices(policy: GuidePolicy) -> Mapping[str, Sequence[tuple[str, str]]]:
    """What the hub can be narrowed to: stages, phases and roles that some section names."""
    stages = dict.fromkeys(section.stage for section in policy.sections if section.stage)
    phases = dict.fromkeys(section.phase for section in policy.sections if section.phase)
    roles = dict.fromkeys(role for section in policy.sections for role in section.roles)
    return {
        "stage": [(stage, stage_label(stage)) for stage in stages],
        "phase": [(phase, phase) for phase in phases],
        "role": [(role, role_short_label(role)) for role in roles],
    }


def _kept(actor: Actor) -> dict[str, Guide]:
    return {row.key: row for row in Guide.objects.visible_to(actor).select_related("owner")}


def _section(section: GuideSection, rows: tuple[GuideRow, ...]) -> ShownSection:
    roles = tuple(role_short_label(role) for role in section.roles)
    return ShownSection(id=section.id, title=words(section.title), place=_place(section), roles=roles, rows=rows)


def _row(one: Article, kept: Mapping[str, Guide], today: date) -> GuideRow:
    row = kept.get(one.id)
    due = row.review_due_on if row else None
    return GuideRow(
        key=one.id,
        title=words(one.title),
        url=_url(one),
        is_link=one.is_link,
        opening=_opening(words(one.body)),
        owner=row.owner.name if row and row.owner else "",
        owner_role=role_short_label(one.owner_role),
        reviewed_on=row.reviewed_on if row else None,
        review_due_on=due,
        is_overdue=due is not None and due < today,
    )


def _url(one: Article) -> str:
    return reverse("partners:guide", args=[one.id])


def _place(section: GuideSection) -> str:
    return " · ".join(filter(None, [stage_label(section.stage) if section.stage else "", section.phase]))


def _opening(body: str) -> str:
    """The first sentence or so, without the marks of Markdown."""
    first = body.strip().partition("\n\n")[0].replace("*", "").replace("`", "").replace("\n", " ")
    return first if len(first) <= 160 else f"{first[:157].rsplit(' ', 1)[0]}…"


def _speaks_of(one: Article, text: str) -> bool:
    """Whether title or text hold all the words."""
    within = f"{words(one.title)} {words(one.body)}".lower()
    return all(word in within for word in _words_of(text))


def _words_of(text: str) -> Collection[str]:
    return text.replace("\0", "").lower().split()[:8]

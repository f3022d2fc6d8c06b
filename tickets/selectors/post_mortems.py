"""Post-mortems as colleagues read and write them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.db.models import F, OuterRef, Subquery
from django.utils.safestring import SafeString

from accounts.rules.access import Actor
from common.markdown import rendered
from partners.models import Organization
from partners.work_choices import CommitmentState, Side
from tickets.incident_choices import EntryKind
from tickets.incident_policy import SECTION_WORDS
from tickets.models import Incident, IncidentEntry, PostMortem, PostMortemVersion, PreventionAction
from tickets.rules import post_mortems as rules
from tickets.rules.articles import Line, differences
from tickets.selectors.incident_page import entry_words
from tickets.selectors.incidents import visible_organizations
from tickets.selectors.rows import OrganizationName


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of the text; `is_shared`: affected organizations read just this, `stays`: they never do.

    `read_in` is the version in which they read another text of this part, 0 for none.
    """

    key: str
    label: str
    body: SafeString
    is_shared: bool
    read_in: int
    stays: bool


@dataclass(frozen=True, kw_only=True)
class ActionRow:
    """What is done; `commitment_state` is empty while it is no promise yet."""

    public_id: UUID
    title: str
    organization: str
    organization_id: UUID | None
    side_label: str
    owner: str
    due_on: date
    commitment_state: str


@dataclass(frozen=True, kw_only=True)
class PostMortemPage:
    """A post-mortem with the version that is shown; both None where nothing has been written."""

    incident: Incident
    post_mortem: PostMortem | None
    shown: PostMortemVersion | None
    newest: PostMortemVersion | None
    versions: Sequence[PostMortemVersion]
    actions: Sequence[ActionRow]
    is_late: bool

    @property
    def sections(self) -> list[Section]:
        """The parts that hold something, in their order."""
        if self.shown is None or self.post_mortem is None:
            return []
        read = self._read
        return [
            Section(
                key=name,
                label=str(SECTION_WORDS[name]),
                body=rendered(text),
                is_shared=read.get(name) == text,
                read_in=self.post_mortem.shared_number if name in read and read[name] != text else 0,
                stays=name not in rules.SHAREABLE,
            )
            for name in rules.SECTIONS
            if (text := getattr(self.shown, name).strip())
        ]

    @property
    def _read(self) -> dict[str, str]:
        """What affected organizations read, part by part."""
        number = self.post_mortem.shared_number if self.post_mortem else 0
        shared = next((row for row in self.versions if number and row.number == number), None)
        if shared is None or self.post_mortem is None:
            return {}
        texts = {name: getattr(shared, name).strip() for name in rules.SHAREABLE}
        return rules.released(texts, self.post_mortem.shared_sections)

    @property
    def is_read_in_an_older_version(self) -> bool:
        """A newer version was published than the one that affected organizations read."""
        post_mortem = self.post_mortem
        return post_mortem is not None and 0 < post_mortem.shared_number < post_mortem.published_number

    @property
    def has_draft(self) -> bool:
        """There is a newer text than the one that is published."""
        return self.post_mortem is not None and self.post_mortem.number > self.post_mortem.published_number


def post_mortem_page(actor: Actor, number: int, *, version: int | None = None, now: datetime) -> PostMortemPage | None:
    """The post-mortem of an incident: what is published, or the newest draft, or the version asked for.

    None where the incident or the version is not there for `actor`. Three statements.
    """
    rows = Incident.objects.visible_to(actor).filter(number=number)
    rows = rows.select_related("queue", "commander", "post_mortem__submitted_by", "post_mortem__published_by")
    incident = rows.first()
    if incident is None:
        return None
    post_mortem = getattr(incident, "post_mortem", None)
    versions = _versions(actor, post_mortem) if post_mortem else []
    shown = _shown(post_mortem, versions, version)
    if version is not None and shown is None:
        return None
    waits = post_mortem is not None and post_mortem.published_at is None
    due_at = post_mortem.due_at if post_mortem else None
    return PostMortemPage(
        incident=incident,
        post_mortem=post_mortem,
        shown=shown,
        newest=versions[0] if versions else None,
        versions=versions,
        actions=_actions(actor, post_mortem) if post_mortem else [],
        is_late=waits and due_at is not None and due_at < now,
    )


def compared(page: PostMortemPage, *, number: int) -> tuple[Line, ...] | None:
    """What changed from the version `number` to the one that is shown. No statement."""
    before = next((row for row in page.versions if row.number == number), None)
    if before is None or page.shown is None:
        return None
    return differences(_whole(before), _whole(page.shown))


def proposal(actor: Actor, incident: Incident) -> str:
    """A timeline from the course of the incident, as far as the reader sees it and it names no organization."""
    entries = IncidentEntry.objects.visible_to(actor).filter(incident=incident, organization__isnull=True)
    lines = [rules.Line(at=entry.at, words=_proposed(entry)) for entry in entries.exclude(kind=EntryKind.CHANGED)]
    return rules.proposed_timeline(lines)


def affected_choices(actor: Actor, incident: Incident) -> list[tuple[int, str]]:
    """Affected organizations that the reader sees. One statement."""
    return visible_organizations(actor, [incident.pk]).get(incident.pk, [])


def _proposed(entry: IncidentEntry) -> str:
    if entry.kind == EntryKind.UPDATE:
        return entry.body
    words = entry_words(entry)
    return f"{words}: {entry.body}" if entry.body else words


def _versions(actor: Actor, post_mortem: PostMortem) -> list[PostMortemVersion]:
    rows = PostMortemVersion.objects.visible_to(actor).filter(post_mortem=post_mortem)
    return list(rows.select_related("author").order_by("-number"))


def _shown(
    post_mortem: PostMortem | None, versions: Sequence[PostMortemVersion], wanted: int | None
) -> PostMortemVersion | None:
    if post_mortem is None:
        return None
    number = wanted or post_mortem.published_number or post_mortem.number
    return next((row for row in versions if row.number == number), None)


def _actions(actor: Actor, post_mortem: PostMortem) -> list[ActionRow]:
    opened = Organization.objects.opened_to(actor).filter(pk=OuterRef("organization_id")).values("public_id")
    rows = PreventionAction.objects.visible_to(actor).filter(post_mortem=post_mortem).select_related("owner")
    rows = rows.annotate(
        name=OrganizationName("organization_id"), opened=Subquery(opened), promise=F("commitment__state")
    )
    return [
        ActionRow(
            public_id=row.public_id,
            title=row.title,
            organization=row.name or "",
            organization_id=row.opened,
            side_label=str(Side(row.side).label),
            owner=row.owner.name if row.owner else "",
            due_on=row.due_on,
            commitment_state=_state(row),
        )
        for row in rows.order_by("due_on", "pk")
    ]


def _state(row: PreventionAction) -> str:
    """Where the promise stands; that it is one is known also to those who do not open the organization."""
    if row.commitment_id is None:
        return ""
    known = getattr(row, "promise", None)
    return str(CommitmentState(known).label) if known else str(CommitmentState.OPEN.label)


def _whole(row: PostMortemVersion) -> str:
    return "\n\n".join(f"## {SECTION_WORDS[name]}\n{getattr(row, name)}" for name in rules.SECTIONS)


def at_version(page: PostMortemPage, shown: PostMortemVersion) -> PostMortemPage:
    """The same page with another version shown."""
    return replace(page, shown=shown)

"""What a review tells of promises: what became of those of last time, and how both sides kept their word."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.document import Column, Table
from common.templatetags.format import spell_day, spell_percent
from partners.models import BusinessReview, Commitment
from partners.review_choices import ReviewState
from partners.review_sections import Asked
from partners.rules.review_content import Figure, SectionContent, Source
from partners.selectors.commitment_facts import counted, reliability_of
from partners.selectors.handoff_checks import local_day
from partners.work_choices import CommitmentState, Side

SHOWN = 20
_PLACE = "partners:organization_commitments"


def opening(asked: Asked) -> SectionContent:
    """What both sides promised at the review before, or since then where none was presented."""
    before = _before(asked)
    rows = Commitment.objects.filter(organization=asked.organization).exclude(state=CommitmentState.WITHDRAWN)
    if before is not None:
        last = Q(source_type="businessreview", source_id=before.pk)
        since = Q(made_at__gte=before.presented_at, made_at__lt=asked.end)
        found = list(rows.filter(last | since).order_by("due_on", "pk"))
        lead = _("Since the review of %(day)s") % {"day": spell_day(local_day(asked.organization, before.presented_at))}
    else:
        found = list(rows.filter(made_at__lt=asked.start, due_on__gte=asked.period_from).order_by("due_on"))
        lead = _("There was no review before; what was promised before %(day)s") % {"day": spell_day(asked.period_from)}
    if not found:
        return SectionContent(lead=f"{lead}: {_('nothing was promised.')}")
    counts = {state: sum(row.state == state for row in found) for state in CommitmentState.values}
    words = {"kept": counts["kept"], "broken": counts["broken"], "open": counts["open"]}
    said = _("%(kept)s kept, %(broken)s not kept, %(open)s open.") % words
    return SectionContent(
        lead=f"{lead}: {said}",
        figures=_counts(asked, counts, len(found)),
        tables=(_table(_("What became of it"), found),),
    )


def kept_word(asked: Asked) -> SectionContent:
    """How both sides kept their word in the period, and what is open now."""
    rows = Commitment.objects.filter(organization=asked.organization)
    due = rows.filter(due_on__gte=asked.period_from, due_on__lt=asked.period_to)
    still_open = list(rows.filter(state=CommitmentState.OPEN).order_by("due_on", "pk")[: SHOWN + 1])
    figures = tuple(_rate(asked, row) for row in counted(due, asked.now, "side").order_by("side"))
    if not figures and not still_open:
        return SectionContent(lead=_("Neither side had promised anything for these months."))
    lead = "; ".join(f"{figure.label}: {figure.value}" for figure in figures) or _("Nothing was due in these months")
    return SectionContent(
        lead=f"{lead}.",
        figures=figures,
        tables=(_table(_("Open today"), still_open[:SHOWN], empty=_("Nothing is open.")),),
        paragraphs=(_("More are open; the page of commitments shows all."),) if len(still_open) > SHOWN else (),
    )


def _before(asked: Asked) -> Any:
    rows = BusinessReview.objects.filter(organization=asked.organization, kind=asked.kind)
    earlier = rows.filter(state=ReviewState.PRESENTED, period_from__lt=asked.period_from)
    return earlier.order_by("-period_from").first()


def _counts(asked: Asked, counts: dict[str, int], total: int) -> tuple[Figure, ...]:
    words = ngettext("of %(count)s promise of both sides", "of %(count)s promises of both sides", total)
    source = Source(words=words % {"count": total}, url_name=_PLACE, args=(asked.id,))
    return (
        Figure(label=_("Kept"), value=str(counts["kept"]), tone="good" if counts["kept"] else "", source=source),
        Figure(label=_("Not kept"), value=str(counts["broken"]), tone="bad" if counts["broken"] else "", source=source),
        Figure(label=_("Open"), value=str(counts["open"]), tone="warn" if counts["open"] else "", source=source),
    )


def _rate(asked: Asked, row: Any) -> Figure:
    found = reliability_of(row)
    words = _("%(hits)s of %(total)s promises due %(since)s - %(until)s, by the day agreed") % {
        "hits": row["hits"],
        "total": found.on_time.total,
        "since": spell_day(asked.period_from),
        "until": spell_day(_last(asked)),
    }
    total = found.on_time.total
    return Figure(
        label=_("We kept on time") if row["side"] == Side.US else _("They kept on time"),
        value=spell_percent(row["hits"] / total) if total else _("not due yet"),
        source=Source(words=words, url_name=_PLACE, args=(asked.id,)),
        change=_("few: a hint") if total > 0 and found.is_hint else "",
        tone="bad" if total and row["hits"] * 10 < total * 7 else "",
    )


def _last(asked: Asked) -> date:
    return date.fromordinal(asked.period_to.toordinal() - 1)


def _table(title: str, rows: Iterable[Commitment], *, empty: str = "") -> Table:
    lines: Sequence[tuple[str, ...]] = [
        (
            row.title,
            str(Side(row.side).label),
            spell_day(row.due_on),
            str(CommitmentState(row.state).label),
        )
        for row in list(rows)[:SHOWN]
    ]
    columns = (_("Promise"), _("Who"), _("Due"), _("State"))
    return Table(title=title, columns=tuple(Column(title=name) for name in columns), rows=tuple(lines), empty=empty)

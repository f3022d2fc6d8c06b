"""A report, and the rows behind a figure, as a document: what misses its target comes first, all else after it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from django.utils.timezone import get_default_timezone, localtime
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.labels import role_label
from common.document import Chart, Column, Document, Figure, Section, Table, Tone
from common.document_brand import house_brand
from common.templatetags.format import spell_day, spell_number, spell_time
from reports.own_reports import OWN
from reports.period_words import period_name
from reports.report_page import Block, Line, MonthsInWords, OpenReport, row_columns, text
from reports.rules.kpi_packs import Kpi
from reports.selectors.scope import whose
from reports.volume_page import volume_page

MOST_ROWS = 3_000
"""Of a figure on paper: some hundred pages, for which laying them out takes 400 MB. The whole is had as a table."""
CHARTS = 6
_TONES: dict[str, Tone] = {"success": "good", "danger": "bad"}


def report_document(opened: OpenReport) -> Document:
    """All figures against their targets and the period before, with what they mean."""
    sections = [_missed(opened), _all(opened), *_criteria(opened), *_volume(opened), _formulas(opened)]
    return document_of(opened, text(opened.report.label), text(opened.report.about), sections)


def figure_document(opened: OpenReport, kpi: Kpi) -> Document:
    """A figure with its twelve months and its definition, and the rows behind it."""
    (line, chart, months), report = opened.line_with_chart(kpi), text(opened.report.label)
    sections = [_figure(opened, kpi, line, chart, months), _rows(opened, kpi)]
    return document_of(opened, line.label, report, sections)


def document_of(opened: OpenReport, title: str, subtitle: str, sections: Sequence[Section]) -> Document:
    """Sections under the head of a report: over what, of which period and day, made by whom and when."""
    made = localtime(opened.now, get_default_timezone())
    by = {"name": opened.actor.name, "day": spell_day(made.date()), "time": spell_time(made), "zone": opened.zone}
    days = {"period": opened.period_words, "zone": opened.zone}
    return Document(
        title=title,
        subtitle=subtitle,
        organization=scope_words(opened),
        period=_("%(period)s, days of %(zone)s") % days,
        brand=house_brand(),
        generated_on=opened.moment.today,
        sections=(*sections, *_of_the_past(opened)),
        language=get_language() or "en",
        footer=_("Made by %(name)s on %(day)s at %(time)s %(zone)s") % by,
    )


def _of_the_past(opened: OpenReport) -> list[Section]:
    """What a past day does not tell, of a report that is a page of its own."""
    own = OWN.get(opened.report.id)
    if own is None or opened.past is None:
        return []
    title = _("As of %(day)s") % {"day": spell_day(opened.past.day)}
    return [Section(key="past", title=title, paragraphs=(str(own.not_known),))]


def scope_words(opened: OpenReport) -> str:
    """Over which organizations, in words."""
    by = {"name": opened.actor.name}
    said = [f"{chip.label}: {chip.word}" for chip in opened.chips("", whose(opened.actor).names)]
    if said:
        return "; ".join(said)
    if (own := OWN.get(opened.report.id)) is not None:
        return str(own.everything) % by
    return (
        _("All tickets that %(name)s sees") if opened.report.is_desk else _("All organizations that %(name)s opens")
    ) % by


def _missed(opened: OpenReport) -> Section:
    """What is to be looked at first, with how it came to that."""
    judged = sum(bool(line.target_word) for block in opened.blocks for line in block.lines)
    missed = opened.missed
    words = ngettext(
        "%(missed)s of %(judged)s figure with a target misses it",
        "%(missed)s of %(judged)s figures with a target miss it",
        judged,
    )
    kpis = {kpi.id: kpi for kpi in opened.report.kpis}
    return Section(
        key="missed",
        title=_("Misses its target"),
        lead=words % {"missed": spell_number(len(missed)), "judged": spell_number(judged)},
        figures=tuple(_tile(line) for line in missed),
        charts=tuple(opened.chart(kpis[line.key])[0] for line in missed[:CHARTS]),
        note="" if opened.is_over else _("The period is not over: its counts and sums are not judged yet."),
    )


def _tile(line: Line) -> Figure:
    tone = _TONES.get(line.target_tone, "")
    return Figure(label=line.label, value=line.value, source=line.target, change=line.change, tone=tone)


def _all(opened: OpenReport) -> Section:
    """Every figure, block by block; a table that goes on over the page repeats its head."""
    names = {"period": period_name(opened.period), "before": period_name(opened.period.previous())}
    heads = (
        *(Column(title=_("Figure")), Column(title=names["period"], align="end")),
        *(Column(title=names["before"], align="end"), Column(title=_("Change"), align="end")),
        *(Column(title=_("Target")), Column(title=_("To target"))),
    )
    return Section(
        key="figures",
        title=_("All figures"),
        lead=_("%(period)s beside %(before)s") % names,
        tables=tuple(Table(title=block.label, columns=heads, rows=_lines(block)) for block in opened.blocks),
    )


def _lines(block: Block) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (line.label, _value(line), line.before, line.change, line.target, line.target_word) for line in block.lines
    )


def _value(line: Line) -> str:
    return f"{line.value} ({line.sample})" if line.sample else line.value


def _criteria(opened: OpenReport) -> list[Section]:
    """The commonest failed criteria, of a report that lists them."""
    if opened.failed_criteria is None:
        return []
    ends = (Column(title=_("Failed"), align="end"), Column(title=_("Partners"), align="end"))
    table = Table(
        title=_("Commonest failed criteria"),
        columns=(Column(title=_("Criterion")), *ends),
        rows=tuple(
            (one.label, spell_number(one.times), spell_number(one.organizations)) for one in opened.failed_criteria
        ),
        empty=_("No criterion failed in this period"),
    )
    return [Section(key="criteria", title=_("Commonest failed criteria"), tables=(table,))]


def _volume(opened: OpenReport) -> list[Section]:
    """Where and when tickets came from, of a report that shows it."""
    page = volume_page(opened)
    if page is None:
        return []
    end = Column(title=_("Tickets"), align="end")
    tables = tuple(
        Table(
            title=table.title,
            columns=(Column(title=table.title), end),
            rows=tuple((line.label, spell_number(line.tickets)) for line in table.lines),
            empty=_("No tickets in this period"),
        )
        for table in page.tables
    )
    hours = Table(
        title=_("By hour of the day"),
        columns=(Column(title=_("Hour")), end),
        rows=tuple((f"{hour}:00", spell_number(count)) for hour, count in page.hours),
    )
    note = _("Shown are the twelve with most.") if any(table.is_cut for table in page.tables) else ""
    return [Section(key="volume", title=_("Tickets opened"), charts=(page.chart,), tables=(*tables, hours), note=note)]


def _formulas(opened: OpenReport) -> Section:
    rows = tuple((line.label, line.formula) for block in opened.blocks for line in block.lines)
    heads = (Column(title=_("Figure")), Column(title=_("Formula")))
    return Section(
        key="formulas",
        title=_("How the figures are made"),
        tables=(Table(title=_("Formulas"), columns=heads, rows=rows),),
        note=_note(opened),
    )


def _note(opened: OpenReport) -> str:
    """What holds of all figures."""
    if opened.report.is_desk:
        return _(
            "Over the tickets that the reader sees. Narrowed to a queue, what has no queue is left out: self-service,"
            " articles and training."
        )
    attributes = _(
        "Segments, gates and owners are those of today, in all periods. Organizations that have been archived stay in."
    )
    amounts = _(
        "Amounts are by the rates of %(day)s and over the organizations whose commercial fields are open to the reader."
    )
    return f"{attributes} {amounts % {'day': spell_day(opened.moment.today)}}"


def _figure(opened: OpenReport, kpi: Kpi, line: Line, chart: Chart, months: MonthsInWords) -> Section:
    facts = [
        (_("Formula"), text(kpi.formula)),
        (_("Counted"), text(kpi.numerator)),
        (_("Of"), text(kpi.denominator)),
        (_("Belongs to a period by"), text(kpi.anchor)),
        (_("Answers for it"), role_label(kpi.owner)),
    ]
    tiles = [_tile(line), Figure(label=period_name(opened.period.previous()), value=line.before, source="")]
    month_heads = (Column(title=_("Month")), Column(title=line.label, align="end"))
    return Section(
        key="figure",
        title=line.label,
        lead=line.sample,
        figures=tuple(tiles),
        charts=(chart,),
        tables=(
            Table(
                title=_("What it is"),
                columns=(Column(title=""), Column(title="")),
                rows=tuple(fact for fact in facts if fact[1]),
            ),
            Table(title=_("The last twelve months"), columns=month_heads, rows=tuple(months)),
        ),
    )


def too_many_words() -> str:
    """What paper says that does not hold all rows."""
    words = _("These are the newest %(count)s rows. Take the table for all of them.")
    return words % {"count": spell_number(MOST_ROWS)}


def _rows(opened: OpenReport, kpi: Kpi) -> Section:
    """Its rows as far as paper holds them, which is said."""
    found = list(islice(opened.values(kpi), MOST_ROWS + 1))
    columns = row_columns(kpi)
    heads = tuple(Column(title=column.label, align="start" if at < 3 else "end") for at, column in enumerate(columns))
    rows = tuple((spell_day(row[0]), *(str(column.value(row)) for column in columns[1:])) for row in found[:MOST_ROWS])
    return Section(
        key="rows",
        title=_("Its rows"),
        lead=too_many_words() if len(found) > MOST_ROWS else "",
        tables=(
            Table(
                title=_("Newest first"),
                columns=heads,
                rows=rows,
                empty=_("Nothing of the kind happened in these days at the organizations that you open."),
            ),
        ),
    )

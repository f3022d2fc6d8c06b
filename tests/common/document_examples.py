"""Documents to render: a small one, and one that tries to break out of its pages."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from common.document import Brand, Chart, Column, Document, Figure, Section, Series, Table

LINE = Chart(
    kind="line",
    title="Score by week",
    labels=("6 Jul", "13 Jul", "20 Jul", "27 Jul"),
    series=(Series(name="Score", values=(Decimal(62), None, Decimal("64.5"), Decimal(-3))),),
    unit="points",
)
STACK = Chart(
    kind="stack",
    title="Tickets",
    labels=("Jul", "Aug"),
    series=(
        Series(name="In time", values=(Decimal(34), Decimal(41)), tone="good"),
        Series(name="Late", values=(Decimal(3), Decimal(0)), tone="warn"),
    ),
)
BARS = replace(STACK, kind="bars", title="Side by side")
NOTHING = Chart(kind="bars", title="Nothing", labels=("a",), series=(), empty="No survey was answered.")


def table(rows: int) -> Table:
    """Rows that can be told apart."""
    return Table(
        title="Commitments",
        columns=(Column(title="What"), Column(title="Hours", align="end")),
        rows=tuple((f"Commitment number {place}", str(place)) for place in range(rows)),
    )


SECTION = Section(
    key="health",
    title="Health",
    lead="Health rose from 62 to 74.",
    figures=(
        Figure(label="Score", value="74", change="+12", tone="good", source="Scorecard of 30 Sep, version 4"),
        Figure(label="Band", value="Green", source="Since 12 Aug"),
    ),
    charts=(LINE, STACK, BARS, NOTHING),
    tables=(table(3), Table(title="Breaches", columns=(Column(title="Ticket"),), rows=(), empty="No breach.")),
    paragraphs=("We meet on 14 October.", "- One\n- Two"),
    note="Computed each night.",
)
DOCUMENT = Document(
    title="Business review",
    subtitle="What we agreed and what came of it",
    organization="Nordwind GmbH",
    period="1 July - 30 September 2026",
    edition="Shared edition",
    brand=Brand(name="Onboarding Hub", color="#1f4f8f"),
    generated_on=date(2026, 10, 5),
    sections=(SECTION, Section(key="none", title="Expansion")),
    footer="Confidential",
)

_LONG = (
    '#panic("out") ] } \\ $x$ <b>&amp; "quoted" \x00\x0b '
    + "Donaudampfschifffahrtsgesellschaft" * 8
    + " 株式会社 " * 40
)


def hostile() -> Document:
    """Every text is long, speaks markup of several kinds, and holds what XML cannot."""
    section = replace(
        SECTION,
        title=_LONG,
        lead=_LONG,
        note=_LONG,
        figures=tuple(Figure(label=_LONG, value=_LONG, change=_LONG, source=_LONG, tone="bad") for _ in range(9)),
        charts=(replace(STACK, title=_LONG, unit=_LONG, labels=(_LONG, _LONG + "2")), replace(NOTHING, empty=_LONG)),
        tables=(Table(title=_LONG, columns=(Column(title=_LONG),) * 3, rows=((_LONG * 9,) * 3,) * 4),),
        paragraphs=(_LONG * 30,),
    )
    return replace(
        DOCUMENT,
        title=_LONG,
        subtitle=_LONG,
        organization=_LONG,
        edition=_LONG,
        footer=_LONG,
        brand=Brand(name=_LONG, color="red; }"),
        sections=(section, section),
    )

"""Reports as files of any length: a figure's rows as its page lists them, in the scope of that day; and on paper."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from accounts.exportables import Asked, known
from accounts.models import Activity, Export
from accounts.services import export_runs, exports
from accounts.services.list_files import TooLong
from common.document import Document
from common.errors import DomainError, Missing, NotAllowed
from common.pdf import as_json, render_pdf
from partners.models import Assignment, Organization
from reports.report_page import OpenReport
from tests.cast import Cast
from tests.reports.test_report_pages import API, QUARTER, places

__all__ = ["places"]
pytestmark = pytest.mark.django_db
QUERY = "period=2026-Q2"
NOW = datetime(2026, 7, 20, 9, tzinfo=UTC)


def written(cast: Cast, name: str, subject: str, *, what: str = "figure", format: str = "csv") -> bytes:
    """The file as a worker writes it."""
    by = cast.actor(name)
    export = exports.want(by=by, what=what, subject=subject, query=QUERY, format=format, now=NOW)
    assert export_runs.run(export_id=export.pk, clock=lambda: NOW), Export.objects.get(pk=export.pk).failure
    with default_storage.open(exports.fetch(by=by, export=export, now=NOW).path) as file:
        content: bytes = file.read()
    return content


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def document_of(cast: Cast, name: str, what: str, subject: str) -> Document:
    asked = Asked(actor=cast.actor(name), subject=subject, query=QUERY, now=NOW)
    build = known()[what].open(asked).document
    assert build is not None
    return build()


def test_each_figure_has_the_rows_of_its_page_in_its_file(
    client: Client, cast: Cast, places: tuple[Organization, Organization]
) -> None:
    """Those of the call that lists them: days, organizations, titles; also of the direct download."""
    client.force_login(cast.tom)
    for figure in client.get(API).json()["figures"]:
        if figure["id"] in ("grr", "nrr", "logos_kept"):
            continue
        address = f"/reports/tam/figures/{figure['id']}"
        listed = client.get(f"/api/v1{address}/rows/?{QUERY}").json()["results"]
        content = written(cast, "tom", f"tam/{figure['id']}")
        found = [(row["Day"], row["Organization"].lstrip("'"), row["About"].lstrip("'")) for row in rows_of(content)]
        assert found == [(row["day"], row["organization"], row["title"]) for row in listed], figure["id"]
        assert client.post(f"{address}/export/?{QUERY}").content == content, figure["id"]
    hours = [row["Counted"] for row in rows_of(written(cast, "tom", "tam/resolution_time"))]
    assert hours == ["3", "2", "1"]


def test_it_is_written_in_the_scope_of_that_moment(cast: Cast, places: tuple[Organization, Organization]) -> None:
    """What is asked for with one scope and written with another holds what the second shows."""
    mine, foreign = places
    assert {row["Organization"] for row in rows_of(written(cast, "max", "tam/tickets_created"))} == {
        f"'{mine.name}",
        foreign.name,
    }
    sent: dict[str, Any] = {"what": "figure", "subject": "tam/tickets_created", "query": QUERY, "format": "csv"}
    export = exports.want(by=cast.actor("tom"), now=NOW, **sent)
    Assignment.objects.filter(organization=mine, user=cast.tom).update(user=cast.otto)
    Assignment.objects.filter(organization=foreign, user=cast.otto).update(user=cast.tom)
    assert export_runs.run(export_id=export.pk, clock=lambda: NOW)
    with default_storage.open(exports.fetch(by=cast.actor("tom"), export=export, now=NOW).path) as file:
        assert {row["Organization"] for row in rows_of(file.read())} == {foreign.name}


@pytest.mark.parametrize(
    ("name", "what", "subject", "query", "refused"),
    [
        ("tom", "report", "nothing", QUERY, Missing),
        ("tom", "figure", "tam", QUERY, Missing),
        ("tom", "figure", "tam/nothing", QUERY, Missing),
        ("tom", "figure", "tam/\0", QUERY, Missing),
        ("tom", "report", "tam", "period=soon", DomainError),
        ("tom", "report", "tam", f"{QUERY}&as_of=soon", DomainError),
        # Spelled in full it is longer than what is kept, and its end would be lost.
        ("tom", "report", "tam", f"{QUERY}&q={'ä' * 1_000}", DomainError),
        ("sue", "report", "tam", QUERY, NotAllowed),
    ],
)
def test_what_there_is_not(
    cast: Cast, name: str, what: str, subject: str, query: str, refused: type[Exception]
) -> None:
    with pytest.raises(refused):
        exports.want(by=cast.actor(name), what=what, subject=subject, query=query, format="pdf", now=NOW)


def test_a_long_list_is_prepared_instead_of_cut(
    client: Client, cast: Cast, places: tuple[Organization, Organization], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the button of the page can only have the first rows written."""

    def too_long(**_sent: Any) -> None:
        raise TooLong("Long.")

    monkeypatch.setattr(OpenReport, "values", lambda self, kpi: ((NOW.date(), "A", "", 1, 1) for _ in range(10_001)))
    monkeypatch.setattr("accounts.views.list_files.export_list", too_long)
    client.force_login(cast.tom)
    for address, sent in (
        (f"/reports/tam/figures/tickets_created/export/?{QUERY}", {"as": "xlsx"}),
        ("/organizations/export/", {"query": "stage=gate_3"}),
        ("/tickets/export/", {"query": "sort=newest"}),
    ):
        assert client.post(address, sent)["Location"] == "/me/exports/"
    assert list(Export.objects.order_by("pk").values_list("what", "subject", "format", "query")) == [
        ("figure", "tam/tickets_created", "xlsx", QUERY),
        ("organizations", "", "csv", "stage=gate_3"),
        ("tickets", "", "csv", "sort=newest"),
    ]
    assert not Activity.objects.filter(verb="list.exported").exists()
    for address in ("/organizations/?stage=gate_3", "/tickets/?sort=newest"):
        assert "Prepare it as Excel" in client.get(address).content.decode()
    for export in Export.objects.exclude(what="figure"):
        assert export_runs.run(export_id=export.pk, clock=lambda: NOW)


def test_a_report_on_paper_says_what_its_page_says(cast: Cast, places: tuple[Organization, Organization]) -> None:
    """What misses its target comes first; whose it is, over what and when, stands on each page."""
    document = document_of(cast, "tom", "report", "tam")
    missed, figures, formulas = document.sections
    assert (missed.key, figures.key, formulas.key) == ("missed", "figures", "formulas")
    assert {figure.label for figure in missed.figures} >= {"Check-ins kept"}
    assert {figure.tone for figure in missed.figures} == {"bad"}
    cells = {row[0]: row for table in figures.tables for row in table.rows}
    assert cells["Check-ins kept"][1].startswith("50.0%")
    assert document.organization == f"All organizations that {cast.tom.name} opens"
    assert (document.period, cast.tom.name in document.footer) == ("Q2 2026, days of UTC", True)
    assert "=HYPERLINK(1)" in as_json(document_of(cast, "tom", "figure", "tam/tickets_created"))
    for what, subject in (("report", "tam"), ("figure", "tam/tickets_created")):
        assert written(cast, "tom", subject, what=what, format="pdf").startswith(b"%PDF")


def test_a_figure_of_thousands_of_rows_fits_on_paper(
    cast: Cast, places: tuple[Organization, Organization], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred pages are laid out; of more rows than that it says that there are more."""
    rows = [(QUARTER + timedelta(days=number % 90), "=Long & Co.", f"#{number}", 1, 1) for number in range(3_001)]
    monkeypatch.setattr(OpenReport, "values", lambda self, kpi: iter(rows))
    document = document_of(cast, "tom", "figure", "tam/tickets_created")
    found = document.sections[1]
    assert (len(found.tables[0].rows), "newest 3,000 rows" in found.lead) == (3_000, True)
    pages = [int(count) for count in re.findall(rb"/Count (\d+)", render_pdf(document))]
    assert max(pages) >= 100

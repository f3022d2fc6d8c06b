"""Taking a list out: exactly what is shown, no formulas, recorded, bounded."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Activity, User
from common.export import ExportColumn, guarded, write_csv
from tests.partners.page_world import NOW, assign, counting, organization, person, signed_in

URL = "/organizations/export/"
VALUE = ExportColumn(label="Value", value=lambda row: row)


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("plain", "plain"),
        ("=1+1", "'=1+1"),
        ("+49 30 1", "'+49 30 1"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =cmd|' /C calc'!A0", "'  =cmd|' /C calc'!A0"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("%0A", "'%0A"),
        ("|calc", "'|calc"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("a=b", "a=b"),
        ("NUL\0here", "NULhere"),
        ("", ""),
        (None, ""),
        (-5, "-5"),
        (Decimal("-1.50"), "-1.50"),
        (True, "yes"),
        (False, "no"),
        (date(2026, 3, 2), "2026-03-02"),
        (datetime(2026, 3, 2, 9, 30, 15, 7, tzinfo=UTC), "2026-03-02T09:30:15+00:00"),
    ],
)
def test_a_cell_is_a_text_and_never_a_formula(value: Any, cell: str) -> None:
    assert guarded(value) == cell


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_what_is_written_reads_back_as_it_was() -> None:
    values = ['He said "no", twice', "two\r\nlines", "Société", "a,b;c\td", "'quoted"]
    file = write_csv("x.csv", [VALUE, VALUE], values)
    assert rows_of(file.content) == [["Value", "Value"], *([value, value] for value in values)]
    assert file.content.startswith(b"\xef\xbb\xbf")
    assert not write_csv("x.csv", [VALUE], values, with_bom=False).content.startswith(b"\xef\xbb\xbf")
    assert (file.rows, file.is_cut) == (5, False)


def test_a_file_has_an_end_and_says_so() -> None:
    file = write_csv("x.csv", [VALUE], (str(number) for number in range(10)), max_rows=3)
    assert (file.rows, file.is_cut) == (3, True)
    assert rows_of(file.content) == [["Value"], ["0"], ["1"], ["2"], ["Cut off here after 3 rows."]]
    assert not write_csv("x.csv", [VALUE], ["a", "b", "c"], max_rows=3).is_cut


@pytest.mark.django_db
class TestOrganizations:
    @pytest.fixture(autouse=True)
    def world(self) -> None:
        self.tam = person("Tom Okafor", "tam")
        self.mine = [
            organization("=HYPERLINK(0)", "gate_3", country="DE"),
            organization("Beta", facts={"last_interaction_at": NOW, "partner_tier": 1}, arr=5),
        ]
        organization("Foreign", country="DE")
        assign(self.tam, "tam", *self.mine)

    def send(self, user: User, query: str = "") -> list[list[str]]:
        answer = signed_in(user).post(URL, {"query": query})
        assert answer.status_code == 200
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert answer["Content-Disposition"] == f'attachment; filename="organizations-{NOW:%Y-%m-%d}.csv"'
        assert "no-store" in answer["Cache-Control"]
        return rows_of(answer.content)

    def test_what_the_reader_sees_with_the_shown_columns(self) -> None:
        head, *rows = self.send(self.tam)
        assert head == ["Id", "Name", "Kind", "Stage", "Owners", "Health", "Class", "Last contact", "Target launch"]
        assert [row[1:5] for row in rows] == [
            ["'=HYPERLINK(0)", "Partner", "Gate 3", "TAM: Tom Okafor"],
            ["Beta", "Partner", "Post-Launch", "TAM: Tom Okafor"],
        ]
        assert [row[0] for row in rows] == [str(one.public_id) for one in self.mine]

    def test_filters_sort_and_columns_hold(self) -> None:
        head, *rows = self.send(self.tam, "columns=country,tier&sort=-name&stage=gate_3&stage=post_launch")
        assert head == ["Id", "Name", "Kind", "Country", "Partner tier"]
        assert [row[1:] for row in rows] == [["Beta", "Partner", "", "1"], ["'=HYPERLINK(0)", "Partner", "DE", ""]]
        assert [row[1] for row in self.send(self.tam, "country=DE")[1:]] == ["'=HYPERLINK(0)"]

    def test_amounts_only_for_those_who_read_them(self) -> None:
        assert self.send(self.tam, "columns=arr")[0][-1] == "ARR"
        psm = person("Paul Psm", "psm")
        assign(psm, "psm", *self.mine)
        assert "ARR" not in self.send(psm, "columns=arr,stage")[0]

    def test_it_is_recorded_who_took_what(self) -> None:
        self.send(self.tam, "stage=gate_3")
        taken = Activity.objects.get(verb="list.exported")
        assert (taken.actor_id, taken.target_name, taken.reason) == (self.tam.pk, "organizations", "stage=gate_3")
        assert taken.changes["rows"] == [None, 1]

    @pytest.mark.parametrize("role", ["sales", "support"])
    def test_those_without_the_right(self, role: str) -> None:
        assert signed_in(person("Rita Reader", role)).post(URL).status_code == 403
        assert not Activity.objects.filter(verb="list.exported").exists()

    def test_a_link_alone_takes_nothing(self) -> None:
        assert signed_in(self.tam).get(URL).status_code == 405

    def test_statements_do_not_follow_the_rows(self) -> None:
        client = signed_in(self.tam)
        client.post(URL)
        with counting() as few:
            client.post(URL)
        assign(self.tam, "tam", *(organization(f"Org {number}") for number in range(60)))
        with counting() as many:
            assert len(rows_of(client.post(URL).content)) == 63
        assert len(few) == len(many)

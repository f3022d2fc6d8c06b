"""Articles on paper: states, languages, addresses, comparisons, texts without marks and names, files, likeness."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.article_choices import ArticleLanguage, ArticleState
from tickets.rules import article_files, article_gaps, article_texts, articles

TEXTS = st.text(alphabet="ab \n#*-[]()<>{}%", max_size=60)


@pytest.mark.parametrize(
    ("before", "after", "is_right"),
    [
        ("draft", "review", True),
        ("review", "draft", True),
        ("draft", "published", True),
        ("published", "retired", True),
        ("published", "draft", False),
        ("published", "review", False),
        ("retired", "published", True),
        ("retired", "review", False),
        ("nothing", "draft", False),
    ],
)
def test_what_follows_what(before: str, after: str, is_right: bool) -> None:
    assert articles.may_move(before, after) is is_right


def test_every_state_has_its_moves() -> None:
    assert set(articles.MOVES) == set(ArticleState.values)


@pytest.mark.parametrize(
    ("available", "wanted", "main", "found"),
    [
        (["en", "de"], "de", "en", "de"),
        (["en", "de"], "de-AT", "en", "de"),
        (["en", "de"], "fr", "de", "de"),
        (["es", "fr"], "de", "en", "es"),
        ([], "en", "en", None),
    ],
)
def test_the_language_that_is_read(available: list[str], wanted: str, main: str, found: str | None) -> None:
    assert articles.best_language(available, wanted=wanted, main=main) == found


@pytest.mark.parametrize(
    ("title", "taken", "slug"),
    [
        ("Reset a password", [], "reset-a-password"),
        ("Reset a password", ["reset-a-password"], "reset-a-password-2"),
        ("Größe & Straße", [], "grosse-strasse"),
        ("登录", [], "article"),
        ("登录", ["article", "article-2"], "article-3"),
        ("x" * 300, [], "x" * 75),
    ],
)
def test_addresses(title: str, taken: list[str], slug: str) -> None:
    assert articles.slug_of(title, taken=taken) == slug


@given(before=TEXTS, after=TEXTS)
def test_a_comparison_holds_both_texts(before: str, after: str) -> None:
    lines = articles.differences(before, after)
    assert [line.text for line in lines if line.mark != "+"] == before.splitlines()
    assert [line.text for line in lines if line.mark != "-"] == after.splitlines()


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("# Title\n\nSome **bold** and `code`.", "Title Some bold and code."),
        ("- one\n- two\n\n1. three", "one two three"),
        ("See [the page](https://a.example) ![a picture](x.png)", "See the page a picture"),
        ("snake_case stays, *this* goes", "snake_case stays, this goes"),
        ("| a | b |\n|---|---|\n| c | d |", "a b c d"),
        ("```\ncode\n```\n> said", "code said"),
        ("a &amp; b", "a & b"),
    ],
)
def test_without_marks(markdown: str, plain: str) -> None:
    assert article_texts.plain_text(markdown) == plain


def test_pieces_of_a_snippet() -> None:
    found = article_texts.pieces("a \x02b\x03 <c>")
    assert [(piece.text, piece.is_found) for piece in found] == [("a ", False), ("b", True), (" <c>", False)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hi Connie, it is Connie Contact.", "Hi [name], it is [name]."),
        ("CONNIE wrote", "[name] wrote"),
        ("Connieville is a town", "Connieville is a town"),
        ("Northwind Traders and Northwind", "[company] and [company]"),
        ("Write to c.contact@northwind.example or +49 (30) 123-4567", "Write to [address] or [number]"),
        ("Version 17.2.1 of 2026, port 8443", "Version 17.2.1 of 2026, port 8443"),
        ("Al said so", "Al said so"),
    ],
)
def test_names_are_taken_out(text: str, found: str) -> None:
    people, companies = ["Connie Contact", "Al"], ["Northwind", "Northwind Traders"]
    assert article_texts.without_names(text, people=people, companies=companies) == found


class TestFiles:
    def line(self, **changes: Any) -> str:
        row = {"path": "help/reset._en.md", "lang": "en", "category": "sign-in", "title": "Reset", "body_md": "Do it"}
        return json.dumps({key: value for key, value in (row | changes).items() if value is not None})

    def parse(self, *lines: str) -> article_files.ArticleFile:
        return article_files.parse_file(lines, languages=ArticleLanguage.values)

    def test_languages_of_one_article_have_one_key(self) -> None:
        found = self.parse(self.line(), "", self.line(path="help/reset._fr.md", lang="fr", title="Remettre"))
        assert found.faults == ()
        assert [(text.line, text.key, text.language) for text in found.texts] == [
            (1, "help/reset", "en"),
            (3, "help/reset", "fr"),
        ]

    @pytest.mark.parametrize(
        ("line", "message"),
        [
            ("{", "is no JSON"),
            ("[]", "is no object"),
            ({"title": None}, "title is missing"),
            ({"title": 7}, "title must be a text"),
            ({"body_md": "  "}, "body_md is empty"),
            ({"body_md": "{% include x %}"}, "body_md says nothing"),
            ({"body_md": "a\0b"}, "cannot be kept"),
            ({"lang": "xx"}, "lang must be one of"),
            ({"title": "x" * 201}, "longer than 200"),
            ({"body_md": "x" * 70_000}, "longer than 32 KiB"),
            ({"category": "---"}, "category has no letter"),
        ],
    )
    def test_faults_are_at_their_line(self, line: Any, message: str) -> None:
        text = self.line(**line) if isinstance(line, dict) else line
        found = self.parse(self.line(), text)
        assert [fault.line for fault in found.faults] == [2]
        assert message in found.faults[0].message

    def test_the_same_text_twice_is_a_fault(self) -> None:
        found = self.parse(self.line(), self.line())
        assert [(fault.line, fault.message) for fault in found.faults] == [
            (2, "the same article and language as in line 1")
        ]

    @pytest.mark.parametrize(
        ("text", "markdown"),
        [
            ("{: .list}\n\n1. One", "1. One"),
            ("a {% include x.html a='b' %}b", "a b"),
            ("[x]({{ site.baseurl }}/help/)", "[x](/help/)"),
            ('<ul>\n    <li>One</li>\n    <li><a href="/x">Two</a></li>\n</ul>', "- One\n\n- [Two](/x)"),
            ("<h3>Why</h3>because", "### Why\n\nbecause"),
            ("<script>alert(1)</script>safe", "safe"),
            ("see <https://a.example>", "see https://a.example"),
            ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ],
    )
    def test_marks_of_other_tools_become_markdown(self, text: str, markdown: str) -> None:
        assert article_files.markdown_of(text) == markdown


class TestGaps:
    def ticket(self, number: int, subject: str, category: str = "access", *tags: str) -> article_gaps.SolvedTicket:
        return article_gaps.SolvedTicket(number=number, subject=subject, category=category, tags=frozenset(tags))

    def test_alike_subjects_of_a_category_go_together(self) -> None:
        alike = [self.ticket(number, f"Cannot sign in after update {number}") for number in range(4)]
        other = [self.ticket(10, "Invoice is wrong"), self.ticket(11, "Cannot sign in after update", "billing")]
        found = article_gaps.clusters([*alike, *other])
        assert [[ticket.number for ticket in cluster.tickets] for cluster in found] == [[0, 1, 2, 3]]
        assert (found[0].subject, found[0].count) == ("Cannot sign in after update 0", 4)

    def test_a_shared_tag_makes_up_for_half_of_the_likeness(self) -> None:
        subjects = ("Export of orders fails", "Orders are exported twice", "Order export is empty")
        bare = [self.ticket(number, subject) for number, subject in enumerate(subjects)]
        tagged = [self.ticket(number, subject, "data", "export") for number, subject in enumerate(subjects)]
        assert article_gaps.clusters(bare) == []
        assert [cluster.count for cluster in article_gaps.clusters(tagged)] == [3]

    def test_a_title_that_is_alike_covers_it(self) -> None:
        assert article_gaps.is_covered("Cannot sign in after update", ["Sign in fails after the update"])
        assert not article_gaps.is_covered("Cannot sign in after update", ["Invoices and payments"])
        assert not article_gaps.is_covered("123", ["456"])

    @pytest.mark.parametrize(("spared", "tickets", "share"), [(6, 4, 0.6), (0, 5, 0.0), (0, 0, None), (3, 0, 1.0)])
    def test_the_share_that_was_spared(self, spared: int, tickets: int, share: float | None) -> None:
        assert article_gaps.Deflection(spared=spared, followed=1, tickets=tickets).share == share

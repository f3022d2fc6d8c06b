"""Articles through the API: every colleague reads them, those who answer contacts write them."""

from typing import Any

import pytest

from tests.cast import Cast
from tests.factories.articles import make_article, make_draft, make_shelf
from tests.hub.api_world import BASE, MISSING, call
from tickets.models import Article

pytestmark = pytest.mark.django_db
URL = f"{BASE}/articles/"
TEXT = {"language": "en", "title": "Close the books", "body": "Do it."}


def one(article: Article, act: str = "") -> str:
    return f"{URL}{article.public_id}/{act}"


def slugs(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["slug"] for row in answer.json()["results"]]


def test_found_and_narrowed(cast: Cast) -> None:
    shelf = make_shelf()
    make_article("Reset a password", category=shelf, texts={"de": ("Passwort", "Neu")})
    make_draft("Unfinished", audience="partner")
    assert slugs(call(cast.ana, "get", URL)) == ["reset-a-password", "unfinished"]
    for query, found in {
        "state=draft": ["unfinished"],
        "audience=public": ["reset-a-password"],
        f"category={shelf.key}": ["reset-a-password"],
        "language=de": ["reset-a-password"],
        "q=pasword": ["reset-a-password"],
        "q=zebra": [],
    }.items():
        assert slugs(call(cast.ana, "get", f"{URL}?{query}")) == found, query
    assert call(cast.ana, "get", f"{URL}?state=martian").status_code == 400


def test_written_reviewed_published_retired(cast: Cast) -> None:
    made = call(cast.sue, "post", URL, {**TEXT, "audience": "partner"})
    assert made.status_code == 201, made.content
    article = Article.objects.get()
    assert made.json()["texts"][0]["is_draft"] is True
    assert call(cast.sue, "post", one(article, "submit/"), {"language": "en"}).json()["state"] == "review"
    assert call(cast.sue, "post", one(article, "publish/"), {"language": "en"}).status_code == 403
    published = call(cast.sven, "post", one(article, "publish/"), {"language": "en"})
    assert (published.json()["state"], published.json()["languages"]) == ("published", ["en"])
    written = call(cast.sue, "post", one(article, "write/"), {**TEXT, "language": "de", "title": "Abschluss"})
    assert [text["language"] for text in written.json()["texts"]] == ["de", "en"]
    assert call(cast.sue, "post", one(article, "reviewed/")).status_code == 200
    assert call(cast.sue, "post", one(article, "retire/")).json()["state"] == "retired"
    assert call(cast.sue, "post", one(article, "bring-back/")).json()["state"] == "published"


def test_an_edit_needs_the_version_that_was_read(cast: Cast) -> None:
    article = make_article()
    tag = call(cast.sue, "get", one(article))["ETag"]
    assert call(cast.sue, "patch", one(article), {"audience": "partner"}).status_code == 428
    changed = call(cast.sue, "patch", one(article), {"audience": "partner"}, **{"If-Match": tag})
    assert changed.json()["audience"] == "partner"
    assert call(cast.sue, "patch", one(article), {"audience": "public"}, **{"If-Match": tag}).status_code == 412
    assert call(cast.sue, "get", one(article), **{"If-None-Match": changed["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    "wrong", [{"title": ""}, {"language": "xx"}, {"body": ""}, {"audience": "martians"}, {"owner": MISSING}]
)
def test_what_is_wrong_is_said(cast: Cast, wrong: dict[str, str]) -> None:
    answer = call(cast.sue, "post", URL, {**TEXT, **wrong})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == next(iter(wrong))


def test_who_may_not(cast: Cast) -> None:
    article = make_article()
    assert call(cast.ana, "post", URL, TEXT).status_code == 403
    assert call(cast.ana, "post", one(article, "retire/")).status_code == 403
    assert call(cast.connie, "get", URL).status_code == 404
    assert call(cast.sue, "get", f"{URL}{MISSING}/").status_code == 404
    assert call(cast.sue, "post", URL, TEXT, scope="read").status_code == 403

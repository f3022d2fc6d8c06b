"""Articles from a file: all or nothing, with faults by line, the same again without a change."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Activity
from common.scope import Scope, scoped
from tests.cast import Cast
from tests.factories.tickets import MONDAY
from tickets import search
from tickets.models import Article, ArticleCategory, ArticleVersion
from tickets.services import articles

pytestmark = pytest.mark.django_db
REAL = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "kb" / "logingov_help_articles.jsonl"


def row(**changes: Any) -> str:
    found = {"path": "help/reset._en.md", "lang": "en", "category": "signing-in", "title": "Reset", "body_md": "Do it"}
    return json.dumps(found | changes)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "help.jsonl"
    french = row(path="help/reset._fr.md", lang="fr", title="Remettre", body_md="Faites-le")
    path.write_text("\n".join([row(), french, row(path="help/hours._en.md", title="Hours")]))
    return path


def test_articles_come_with_their_languages(file: Path, capsys: Any) -> None:
    call_command("import_articles", str(file))
    assert "2 new articles, 3 new texts, 0 unchanged" in capsys.readouterr().out
    article = Article.objects.get(source_id="help/reset")
    assert (article.state, article.audience, article.source, article.slug) == ("published", "public", "help", "reset")
    assert dict(article.versions.values_list("language", "title")) == {"en": "Reset", "fr": "Remettre"}
    assert ArticleCategory.objects.get().name == "Signing in"
    assert Activity.objects.filter(verb="article.imported").count() == 1


def test_again_changes_nothing_and_what_is_new_is_a_version(file: Path, capsys: Any) -> None:
    call_command("import_articles", str(file))
    call_command("import_articles", str(file))
    assert "0 new articles, 0 new texts, 3 unchanged" in capsys.readouterr().out
    file.write_text("\n".join([row(body_md="Do it anew"), *file.read_text().split("\n")[1:]]))
    call_command("import_articles", str(file))
    assert "0 new articles, 1 new texts, 2 unchanged" in capsys.readouterr().out
    texts = ArticleVersion.objects.filter(article__source_id="help/reset", language="en").order_by("number")
    assert list(texts.values_list("number", "is_current")) == [(1, False), (2, True)]


def test_what_somebody_retired_stays_so(file: Path, cast: Cast) -> None:
    call_command("import_articles", str(file))
    article = Article.objects.get(source_id="help/reset")
    articles.retire(by=cast.actor("sara"), article=article, now=MONDAY)
    file.write_text(row(body_md="Do it anew"))
    call_command("import_articles", str(file))
    article.refresh_from_db()
    assert article.state == "retired"


def test_with_a_fault_nothing_is_written(file: Path, capsys: Any) -> None:
    file.write_text(file.read_text() + "\n" + row(lang="xx", path="a") + "\nnonsense")
    with pytest.raises(CommandError, match="2 lines have faults"):
        call_command("import_articles", str(file))
    said = capsys.readouterr().err
    assert "line 4: lang must be one of" in said
    assert "line 5: is no JSON" in said
    assert not Article.objects.exists()
    assert not ArticleCategory.objects.exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [(["--owner", "nobody@vendor.example"], "no active colleague"), (["--audience", "martians"], "invalid choice")],
)
def test_what_is_asked_wrongly_is_said(file: Path, options: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        call_command("import_articles", str(file), *options)
    assert not Article.objects.exists()


def test_a_file_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "bytes.jsonl").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "missing.jsonl", tmp_path / "bytes.jsonl"):
        with pytest.raises(CommandError):
            call_command("import_articles", str(path))


def test_a_dry_run_writes_nothing(file: Path, capsys: Any) -> None:
    call_command("import_articles", str(file), "--dry-run")
    assert "3 texts can be read" in capsys.readouterr().out
    assert not Article.objects.exists()


@pytest.mark.skipif(not REAL.exists(), reason="the help center to import is not beside the repository")
def test_a_real_help_center(cast: Cast, capsys: Any) -> None:
    call_command("import_articles", str(REAL), "--owner", cast.sue.email)
    assert "55 new articles, 220 new texts" in capsys.readouterr().out
    assert ArticleVersion.objects.current().count() == 220
    for mark in ("{:", "{%", "{{", "<li", "<div", "<p>"):
        assert not ArticleVersion.objects.filter(body__contains=mark).exists(), mark
    call_command("import_articles", str(REAL))
    assert "0 new articles, 0 new texts, 220 unchanged" in capsys.readouterr().out
    with scoped(Scope.all()):
        for text, language in (("contraseña olvidada", "es"), ("mot de passe", "fr"), ("forgot pasword", "en")):
            found = search.find(cast.actor("sue"), text, limit=5, kinds=("article",), language=language)
            assert found, text
            assert found[0].language == language

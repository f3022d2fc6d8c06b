"""The component tags: what they say to eyes and to screen readers, and that they escape what people typed."""

from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template import Context, Template
from django.test import RequestFactory

from common.pagination import Page
from common.templatetags import ui

SCRIPT = "<script>alert(1)</script>"


class LetterForm(forms.Form):
    """A field of every way of being drawn."""

    name = forms.CharField(label="Name", help_text="As in the contract.")
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A"), ("b", "B")])
    channel = forms.ChoiceField(label="Channel", choices=[("m", "Mail"), ("p", "Phone")], widget=forms.RadioSelect)
    is_urgent = forms.BooleanField(label="Urgent", required=False)
    key = forms.CharField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any] | None:
        """Every letter is refused as a whole."""
        raise forms.ValidationError("Not today.")


def render(source: str, **context: Any) -> str:
    return Template(source).render(Context(context))


@pytest.mark.parametrize(
    "html",
    [
        ui.chip(SCRIPT, title=SCRIPT),
        ui.person(SCRIPT, hint=SCRIPT, url=SCRIPT),
        ui.stat(SCRIPT, SCRIPT, hint=SCRIPT, url=SCRIPT),
        ui.icon("bell", label=SCRIPT),
        ui.progress(1, 2, label=SCRIPT),
        ui.kbd(SCRIPT),
        ui.duration(5, title=SCRIPT),
        ui.column_head(SCRIPT, url=SCRIPT, css=SCRIPT),
        ui.avatar(SCRIPT),
    ],
)
def test_tags_made_in_python_escape_what_they_get(html: str) -> None:
    assert "<script" not in html


@pytest.mark.parametrize(
    "source",
    [
        "{% panel title=text hint=text url=text url_label=text %}{{ text }}{% endpanel %}",
        "{% menu label=text %}{{ text }}{% endmenu %}",
        "{% empty_state title=text text=text action_url=text action_label=text %}",
        "{% tabs items %}{% steps items %}{% breadcrumbs items %}{% pagination page %}",
        "{% confirm_button url=text label=text title=text text=text name=text value=text %}",
    ],
)
def test_tags_made_of_templates_escape_what_they_get(source: str) -> None:
    item = {"label": SCRIPT, "url": SCRIPT, "hint": SCRIPT, "state": "todo", "count": SCRIPT}
    page = {"previous_url": SCRIPT, "next_url": SCRIPT, "summary": SCRIPT}
    html = render(source, text=SCRIPT, items=[item], page=page)
    assert "&lt;script&gt;" in html
    assert "<script" not in html


@pytest.mark.parametrize(("tone", "css"), [("success", "chip-success"), ("shouting", "chip-neutral")])
def test_chip_takes_a_known_tone_and_is_neutral_for_others(tone: str, css: str) -> None:
    assert f'class="chip {css}"' in ui.chip("Green", tone=tone)


def test_icon_is_decorative_without_a_label_and_an_image_with_one() -> None:
    assert 'aria-hidden="true"' in ui.icon("bell")
    labelled = ui.icon("bell", label="Unread")
    assert 'role="img"' in labelled
    assert 'aria-label="Unread"' in labelled
    assert "aria-hidden" not in labelled


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ana Silva", "AS"),
        ("Otto", "O"),
        ("Jean-Baptiste Grenouille", "JG"),
        ("Ana Maria da Silva", "AS"),
        ("", "?"),
        ("  ", "?"),
        ("(Northwind) Ltd", "L"),
        ("øresund pay", "ØP"),
    ],
)
def test_initials_are_those_of_the_first_and_last_word(name: str, letters: str) -> None:
    assert ui.initials(name) == letters


def test_a_name_keeps_its_color() -> None:
    assert ui.avatar("Ana Silva") == ui.avatar("Ana Silva")
    assert len({ui.avatar(f"Person {number}").split("hue-")[1][0] for number in range(50)}) == ui.MONOGRAM_HUES


@pytest.mark.parametrize(("value", "most", "share"), [(1, 2, "50%"), (0, 0, "0%"), (3, 3, "100%")])
def test_progress_says_its_share_in_words(value: int, most: int, share: str) -> None:
    assert f">{share}<" in ui.progress(value, most)


def test_column_head_tells_its_direction() -> None:
    assert 'aria-sort="descending"' in ui.column_head("Name", url="?sort=name", direction="descending")
    assert "aria-sort" not in ui.column_head("Name", url="?sort=name")
    assert "<a" not in ui.column_head("Name")


def test_field_ties_label_help_and_error_to_the_control() -> None:
    form = LetterForm({"kind": "a"}, auto_id="id_%s")
    html = render("{% field form.name %}", form=form)
    assert 'for="id_name"' in html
    assert 'aria-describedby="id_name_help id_name_error"' in html
    assert 'id="id_name_help"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert "form-control is-invalid" in html


def test_field_without_notes_describes_nothing() -> None:
    html = render("{% field form.kind %}", form=LetterForm())
    assert "aria-describedby" not in html
    assert 'class="form-select"' in html


def test_radio_group_is_a_fieldset_with_a_legend() -> None:
    html = render("{% field form.channel %}", form=LetterForm({"channel": "p"}))
    assert "<fieldset" in html
    assert "<legend" in html
    assert html.count('type="radio"') == 2
    assert html.count(" checked") == 1


def test_field_refuses_an_option_it_does_not_know() -> None:
    with pytest.raises(TypeError, match="hint"):
        render('{% field form.name hint="x" %}', form=LetterForm())


def test_form_errors_link_to_fields_and_name_those_of_the_whole_form() -> None:
    html = render("{% form_errors form %}", form=LetterForm({"name": "Ana", "kind": "z"}))
    assert 'role="alert"' in html
    assert "Not today." in html
    assert 'href="#id_kind"' in html
    assert 'href="#id_channel_0"' in html
    assert 'href="#id_name"' not in html
    assert 'href="#id_key"' not in html


def test_form_errors_are_silent_on_a_fresh_form() -> None:
    assert render("{% form_errors form %}", form=LetterForm()).strip() == ""


def test_empty_states_look_different() -> None:
    variants = ["empty", "filtered", "forbidden", "broken"]
    pages = [render("{% empty_state title='Nothing' variant=variant %}", variant=variant) for variant in variants]
    assert len({page.split("#")[1].split('"')[0] for page in pages}) == 4
    assert all(f"blank-{variant}" in page for variant, page in zip(variants, pages, strict=True))
    assert [variant for variant, page in zip(variants, pages, strict=True) if 'role="alert"' in page] == ["broken"]


def test_pagination_offers_only_what_there_is() -> None:
    html = render("{% pagination page %}", page=SimpleNamespace(previous_url="", next_url="?after=x", summary="1-50"))
    assert 'rel="next"' in html
    assert 'rel="prev"' not in html
    assert render("{% pagination page %}", page=SimpleNamespace()).strip() == ""


def test_pagination_puts_a_cursor_into_the_address_it_stands_on() -> None:
    request = RequestFactory().get("/partners/?sort=name&cursor=old")
    page = Page(rows=[1], previous="", next="a&b")
    html = render("{% pagination page summary='1-50' %}", page=page, request=request)
    assert 'href="?sort=name&amp;cursor=a%26b"' in html
    assert 'rel="prev"' not in html
    assert "1-50" in html


def test_the_open_tab_says_so() -> None:
    items = [{"label": "A", "url": "/a/", "is_active": True, "count": 0}, {"label": "B", "url": "/b/"}]
    html = render("{% tabs items %}", items=items)
    assert html.count('aria-current="page"') == 1
    assert ">0</span>" in html


def test_confirm_button_posts_with_a_token_and_opens_without_scripts() -> None:
    request = RequestFactory().get("/")
    html = Template('{% confirm_button url="/archive/" label="Archive" name="reason" value="old" %}').render(
        Context({"csrf_token": "tok", "request": request})
    )
    assert "<details" in html
    assert 'method="post" action="/archive/"' in html
    assert 'name="csrfmiddlewaretoken" value="tok"' in html
    assert 'name="reason" value="old"' in html


@pytest.mark.parametrize(
    ("tags", "undo_url"),
    [("undo:/o/1/undo/", "/o/1/undo/"), ("undo:https://elsewhere.example/", ""), ("", ""), ("other", "")],
)
def test_toast_undoes_only_on_this_site(tags: str, undo_url: str) -> None:
    assert ui.toast_row(Message(constants.SUCCESS, "Moved.", tags))["undo_url"] == undo_url


@pytest.mark.parametrize(
    ("level", "tone"),
    [
        (constants.INFO, "info"),
        (constants.SUCCESS, "success"),
        (constants.WARNING, "warning"),
        (constants.ERROR, "danger"),
    ],
)
def test_toast_tone_follows_the_level(level: int, tone: str) -> None:
    assert ui.toast_row(Message(level, "Text"))["tone"] == tone


def test_toast_region_is_announced_and_escapes() -> None:
    html = render("{% toasts %}", messages=[Message(constants.ERROR, SCRIPT)], csrf_token="tok")
    assert 'aria-live="polite"' in html
    assert "<script" not in html


@pytest.mark.parametrize(("method", "stays"), [("get", True), ("post", False)])
def test_who_undoes_stays_on_the_page_if_it_opens_again(method: str, stays: bool) -> None:
    request = getattr(RequestFactory(), method)('/tasks/?due=week&q="x"')
    said = [Message(constants.SUCCESS, "Done.", "undo:/tasks/edit/undo/1/")]
    html = render("{% toasts %}", messages=said, request=request)
    assert ('name="next" value="/tasks/?due=week&amp;q=' in html) is stays
    assert 'action="/tasks/edit/undo/1/"' in html

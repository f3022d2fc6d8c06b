"""The pages of policies: who sees them, a new version with its changes shown first, an older one back, the file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Activity
from common.models import PolicyVersion
from common.pack_files import MAX_BYTES, PackFileError, read_pack_content
from common.policy_cache import active_policy
from hub.policy_words import ABOUT, value_words
from partners.policy_packs import reclassify
from tests.cast import Cast

pytestmark = pytest.mark.django_db

DEFAULT_RATES = (Path(__file__).parents[2] / "policies" / "default" / "rates.yaml").read_text()
RATES = "reporting_currency: USD\nrates:\n  - {currency: EUR, on: 2020-01-01, rate: 1.25}\n"


@pytest.fixture
def admin(cast: Cast, client: Client) -> Client:
    client.force_login(cast.adam)
    return client


def in_force(name: str = "rates") -> PolicyVersion:
    return PolicyVersion.objects.get(name=name, is_active=True)


def write(client: Client, text: str = RATES, *, name: str = "rates", **data: Any) -> Any:
    try:
        checked = read_pack_content(f"{name}.yaml", text.encode()).checksum
    except PackFileError:
        checked = ""
    values = {"text": text, "base": "1", "note": "New rates of the year", "action": "activate", "checked": checked}
    values |= data
    return client.post(reverse("hub:policy_edit", args=[name]), values)


def upload(client: Client, name: str, content: bytes) -> Any:
    return client.post(reverse("hub:policy_upload"), {"file": SimpleUploadedFile(name, content)})


def test_only_who_manages_policies_sees_them(cast: Cast, client: Client) -> None:
    pages = [reverse("hub:policies")]
    pages += [reverse(f"hub:policy{page}", args=["rates"]) for page in ("", "_compare", "_edit", "_export")]
    activate = reverse("hub:policy_activate", args=["rates", 1])
    for name, status in [(name, 403) for name in cast.staff if name != "adam"] + [("connie", 404)]:
        client.force_login(getattr(cast, name))
        assert {client.get(page).status_code for page in pages} == {status}, name
        assert client.post(activate).status_code == status
        assert write(client).status_code == status
        assert upload(client, "rates.yaml", RATES.encode()).status_code == status
    assert in_force().version == 1


def test_every_pack_is_listed_and_opens(admin: Client) -> None:
    listed = admin.get(reverse("hub:policies")).content.decode()
    for name in PolicyVersion.objects.values_list("name", flat=True):
        assert reverse("hub:policy", args=[name]) in listed
        page = admin.get(reverse("hub:policy", args=[name]))
        assert page.status_code == 200
        assert admin.get(reverse("hub:policy_edit", args=[name])).status_code == 200
        assert admin.get(reverse("hub:policy_compare", args=[name])).status_code == 200


@pytest.mark.parametrize("name", ["nothing", "rates.x", "RATES", "../rates", "%00"])
def test_a_pack_that_is_not_there_is_404(admin: Client, name: str) -> None:
    for page in ("", "compare/", "edit/", "export/"):
        assert admin.get(f"/policies/{name}/{page}").status_code == 404


@pytest.mark.parametrize("number", ["99", "-1", "x", "1.0", "99999999999999", "٣"])
def test_a_version_that_is_not_there_is_404(admin: Client, number: str) -> None:
    for page, key in (("", "version"), ("compare/", "from"), ("compare/", "to"), ("export/", "version")):
        assert admin.get(f"/policies/rates/{page}", {key: number}).status_code == 404
    assert admin.post("/policies/rates/versions/99999999/activate/").status_code == 404


def test_the_text_of_a_version_leads_back_to_it(admin: Client) -> None:
    for version in PolicyVersion.objects.filter(is_active=True):
        response = admin.get(reverse("hub:policy_export", args=[version.name]))
        assert response["Content-Disposition"] == f'attachment; filename="{version.name}.yaml"'
        assert read_pack_content(f"{version.name}.yaml", response.content).checksum == version.checksum


def test_checking_shows_the_changes_and_changes_nothing(admin: Client) -> None:
    response = write(admin, RATES, action="check", note="")
    text = response.content.decode()
    assert response.status_code == 200
    assert "rates[EUR 2020-01-01].rate" in text
    assert "1.12" in text
    assert "1.25" in text
    assert "Removed" in text
    assert "Put in force" in text
    assert in_force().version == 1
    assert PolicyVersion.objects.filter(name="rates").count() == 1


def test_checking_what_does_not_differ_offers_nothing(admin: Client) -> None:
    text = write(admin, DEFAULT_RATES, action="check").content.decode()
    assert "Nothing differs" in text
    assert "Put in force" not in text


def test_a_new_version_is_put_in_force_with_its_note(
    admin: Client, cast: Cast, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    monkeypatch.setattr("common.jobs._send", lambda task, ids: sent.append(task))
    with django_capture_on_commit_callbacks(execute=True):
        response = write(admin)
    assert response["Location"] == reverse("hub:policy", args=["rates"])
    row = in_force()
    assert (row.version, row.note, row.loaded_by_id) == (2, "New rates of the year", cast.adam.pk)
    found = active_policy("rates")
    assert found is not None
    assert found.version == 2
    assert "partners.reclassify" in sent
    line = Activity.objects.get(verb="policy.activated", actor_id=cast.adam.pk)
    assert line.changes["version"] == [1, 2]
    page = admin.get(reverse("hub:policy", args=["rates"])).content.decode()
    assert "New rates of the year" in page
    assert "Adam Root" in page


def test_other_packs_do_not_wake_classification(admin: Client) -> None:
    class Event:
        policy = in_force("access")

    assert reclassify(Event()) is None  # type: ignore[arg-type]


def test_a_note_is_needed_to_put_in_force(admin: Client) -> None:
    for note in ("", "   "):
        response = write(admin, note=note)
        assert response.status_code == 400
        assert "Say in a sentence why." in response.content.decode()
    assert in_force().version == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("reporting_currency: USD\nrates:\n  - {currency: EUR, on: 2020-01-01, rate: x}\n", "Line 3: rates[0].rate"),
        ("reporting_currency: USD\nrates: [\n", "Line 3: "),
        ("reporting_currency: USD\nreporting_currency: EUR\n", "Line 2: "),
        ("rates: []\n", "reporting_currency"),
        ("- 1\n", "Line 1: "),
        ("a: !!python/object:os.system {}\n", "Line 1: "),
        ("", "required"),
    ],
)
def test_what_is_wrong_is_said_at_its_line(admin: Client, text: str, words: str) -> None:
    response = write(admin, text)
    assert response.status_code == 400
    assert words in response.content.decode()
    assert in_force().version == 1


def test_a_version_that_would_lock_everybody_out_is_refused(admin: Client) -> None:
    text = admin.get(reverse("hub:policy_export", args=["access"])).content.decode()
    lines = [line for line in text.splitlines() if "manage_policies" not in line]
    response = write(admin, "\n".join(lines), name="access")
    assert response.status_code == 400
    assert "manage_policies" in response.content.decode()
    assert in_force("access").version == 1


def test_whoever_was_overtaken_sees_the_changes_anew(admin: Client) -> None:
    write(admin)
    mine = RATES.replace("1.25", "1.5")
    response = write(admin, mine, note="My rates")
    text = response.content.decode()
    assert response.status_code == 409
    assert "Version 2 was put in force while you were writing" in text
    assert 'name="base" value="2"' in text
    assert "My rates" in text
    assert in_force().version == 2
    assert write(admin, mine, base="2").status_code == 302
    assert in_force().version == 3


def test_nobody_puts_in_force_what_was_not_shown(admin: Client) -> None:
    shown = write(admin, RATES, action="check").context["checked"]
    other = RATES.replace("1.25", "99")
    for checked in (shown, ""):
        response = write(admin, other, checked=checked)
        assert response.status_code == 400
        assert "Look at them again" in response.content.decode()
        assert in_force().version == 1
    assert response.context["checked"] != shown
    assert write(admin, other, checked=response.context["checked"]).status_code == 302


def test_changes_read_as_the_file_does(admin: Client) -> None:
    text = write(admin, RATES, action="check").content.decode()
    assert "<code>{currency: EUR, on: 2025-01-01, rate: 1.08}</code>" in text
    assert "<code>1.25</code>" in text


@pytest.mark.parametrize(
    ("value", "words"),
    [("a: b", "a: b"), (1.5, "1.5"), (True, "true"), (["a", "no"], "[a, no]"), ({"on": {"x": [1]}}, "on:\n  x: [1]")],
)
def test_values_read_as_in_a_file(value: Any, words: str) -> None:
    assert value_words("rates", value) == words


def test_writing_the_same_again_makes_no_version(admin: Client) -> None:
    write(admin)
    assert write(admin, base="2").status_code == 302
    assert PolicyVersion.objects.filter(name="rates").count() == 2


def test_an_older_version_comes_back(admin: Client) -> None:
    write(admin)
    compared = admin.get(reverse("hub:policy_compare", args=["rates"]), {"to": "1"}).content.decode()
    activate = reverse("hub:policy_activate", args=["rates", 1])
    assert activate in compared
    assert "Version 2 to 1" in compared
    assert admin.post(activate)["Location"] == reverse("hub:policy", args=["rates"])
    assert in_force().version == 1
    assert admin.get(activate).status_code == 405


def test_a_version_that_this_release_cannot_read_does_not_come_back(admin: Client) -> None:
    PolicyVersion.objects.create(name="rates", kind="rates", version=7, body={"no": "sense"}, checksum="x")
    response = admin.post(reverse("hub:policy_activate", args=["rates", 7]), follow=True)
    assert "can no longer be put in force" in response.content.decode()
    assert in_force().version == 1
    assert admin.get(reverse("hub:policy", args=["rates"]), {"version": "7"}).status_code == 200


def test_an_uploaded_file_is_shown_first(admin: Client) -> None:
    response = upload(admin, "rates.yaml", b"\xef\xbb\xbf" + RATES.encode())
    text = response.content.decode()
    assert response.status_code == 200
    assert "rates[EUR 2020-01-01].rate" in text
    assert 'name="base" value="1"' in text
    assert in_force().version == 1


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("rates.yaml", b"reporting_currency: \xff", "is not UTF-8"),
        ("rates.txt", RATES.encode(), "a pack is named like"),
        ("rates.yaml", b"a: [", "is not YAML"),
        ("rates.yaml", b"x: " + b"1" * MAX_BYTES, "is larger than"),
        ("unheard.yaml", RATES.encode(), "there is no kind of pack"),
        ("rates.yaml", b"rates: []", "reporting_currency"),
        ("rates.yaml", b"a: \x00", "characters that no text holds"),
    ],
)
def test_a_file_that_is_no_policy_is_refused(admin: Client, name: str, content: bytes, words: str) -> None:
    before = PolicyVersion.objects.count()
    response = upload(admin, name, content)
    assert response.status_code == 400
    assert words in response.content.decode()
    assert PolicyVersion.objects.count() == before


def test_a_pack_may_begin_with_a_file(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "rates.asia"
    response = upload(admin, f"{name}.yaml", RATES.encode())
    assert response.status_code == 200
    assert write(admin, name=name, base="").status_code == 302
    assert in_force(name).version == 1


def test_what_was_written_is_shown_as_text(admin: Client) -> None:
    evil = RATES.replace("USD", '"<script>alert(1)</script>"')
    for response in (write(admin, evil, action="check"), upload(admin, "rates.yaml", evil.encode())):
        assert b"<script>alert" not in response.content


def test_answers_are_plain_data() -> None:
    assert isinstance(in_force().body, Mapping)


def test_every_policy_of_the_house_goes_by_a_name() -> None:
    shipped = {path.stem for path in (Path(__file__).parents[2] / "policies" / "default").glob("*.yaml")}
    assert shipped <= set(ABOUT)

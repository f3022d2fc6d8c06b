"""The 60-second form: one transaction for what was said, promised and held; drafts, templates, names with an @."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.models import Notification
from common.errors import DomainError, NotAllowed
from common.pack_files import read_pack
from partners.models import Commitment, Interaction, InteractionDraft, Touchpoint
from partners.rules.interaction_packs import INTERACTIONS, parse_interactions
from partners.services import interaction_drafts, interaction_logging
from tests.cast import Cast
from tests.factories.partners import NOW
from tests.factories.tasks import TODAY
from tests.partners.pack_cases import GONE, assert_refused, changed

BODY = read_pack(Path(__file__).parents[2] / "policies" / "default" / "interactions.yaml").body
TALK = {"kind": "call", "summary": "Talked", "happened_at": "2026-03-02T09:00"}


class TestThePack:
    def test_the_shipped_one_speaks_both_languages(self) -> None:
        policy = parse_interactions(BODY, version=2)
        assert policy.version == 2
        assert {"check_in", "kick_off", "escalation"} <= set(policy.templates)
        labels = [label for one in policy.templates.values() for label in (one.label, *one.prompts)]
        assert [label for label in labels if set(label) != {"en", "de"}] == []

    def test_kinds_are_those_of_the_product(self) -> None:
        assert list(INTERACTIONS) == [kind for kind, _label in Interaction._meta.get_field("kind").choices or ()]

    @pytest.mark.parametrize(
        ("place", "value", "at", "words"),
        [
            ("colour", "red", "colour", "unknown entry"),
            ("templates", [], "templates", "must not be empty"),
            ("templates[1].id", "check_in", "templates[1].id", "is there already"),
            ("templates[0].id", "a" * 41, "templates[0].id", "40 characters"),
            ("templates[0].kind", "telegram", "templates[0].kind", "one of call"),
            ("templates[0].minutes", 0, "templates[0].minutes", "1 or more"),
            ("templates[0].minutes", 1441, "templates[0].minutes", "1440 or less"),
            ("templates[0].is_two_way", "yes", "templates[0].is_two_way", "true or false"),
            ("templates[0].prompts", [], "templates[0].prompts", "1 to 20"),
            ("templates[0].prompts[0]", {"de": "Nur"}, "templates[0].prompts[0].prompt", '"en" is missing'),
            ("templates[0].label", GONE, "templates[0]", '"label" is missing'),
        ],
    )
    def test_a_broken_one_is_refused_at_its_place(self, place: str, value: Any, at: str, words: str) -> None:
        assert_refused(parse_interactions, changed(BODY, place, value), at=at, words=words)


def _log(cast: Cast, by: str = "tom", **more: Any) -> interaction_logging.Logged:
    values = {"summary": more.pop("summary", "Talked"), "body": more.pop("body", "")}
    return interaction_logging.log(by=cast.actor(by), organization=cast.northwind, values=values, now=NOW, **more)


def _promise(**more: Any) -> dict[str, Any]:
    return {"title": "Send the plan", "side": "us", "due_on": TODAY, **more}


@pytest.mark.django_db
class TestTogether:
    def test_promises_and_the_meeting_with_their_source(self, cast: Cast) -> None:
        meeting = Touchpoint.objects.create(organization=cast.northwind, kind="check_in", planned_on=TODAY)
        theirs = _promise(side="them", title="Sign", contact=cast.connie_contact)
        made = _log(cast, promises=[_promise(owner=cast.tom), theirs], touchpoint=meeting).interaction
        rows = Commitment.objects.order_by("pk").values_list("side", "source_type", "source_id")
        assert list(rows) == [("us", "interaction", made.pk), ("them", "interaction", made.pk)]
        meeting.refresh_from_db()
        assert (meeting.state, meeting.interaction_id) == ("done", made.pk)

    def test_nothing_is_written_where_one_part_is_refused(self, cast: Cast) -> None:
        with pytest.raises(interaction_logging.PromiseRefused) as caught:
            _log(cast, promises=[_promise(), _promise(due_on=None)])
        assert (caught.value.row, caught.value.field) == (1, "due_on")
        over = Touchpoint.objects.create(
            organization=cast.northwind,
            kind="check_in",
            planned_on=TODAY,
            state="skipped",
            skip_reason="Ill",
            closed_at=NOW,
        )
        with pytest.raises(DomainError):
            _log(cast, promises=[_promise()], touchpoint=over)
        with pytest.raises(DomainError):
            _log(cast, promises=[_promise()] * 6)
        with pytest.raises(NotAllowed):
            _log(cast, "max", promises=[_promise()])
        assert not Interaction.objects.exists()
        assert not Commitment.objects.exists()

    def test_colleagues_who_open_it_are_told_and_nobody_else(self, cast: Cast) -> None:
        petra, otto = (user.email.partition("@")[0] for user in (cast.petra, cast.otto))
        connie, tom = (user.email.partition("@")[0] for user in (cast.connie, cast.tom))
        logged = _log(cast, body=f"@{petra} @{otto} @{connie} @{tom} @nobody.here please look")
        assert logged.told == (cast.petra.name,)
        assert logged.passed_over == (otto, connie, "nobody.here")
        assert [row.user for row in Notification.objects.filter(kind="mentions")] == [cast.petra]

    def test_the_draft_is_gone_with_it_and_others_keep_theirs(self, cast: Cast) -> None:
        for name in ("tom", "ana"):
            interaction_drafts.save(
                by=cast.actor(name), organization=cast.northwind, values={"body": ["Half a"]}, now=NOW
            )
        _log(cast)
        assert [draft.user for draft in InteractionDraft.objects.all()] == [cast.ana]
        with pytest.raises(NotAllowed):
            interaction_drafts.save(by=cast.actor("otto"), organization=cast.northwind, values={}, now=NOW)
        too_long = {"body": ["x" * 70_000]}
        with pytest.raises(DomainError):
            interaction_drafts.save(by=cast.actor("tom"), organization=cast.northwind, values=too_long, now=NOW)


@pytest.mark.django_db
class TestThePage:
    @pytest.fixture
    def tom(self, cast: Cast) -> Client:
        found = Client()
        found.force_login(cast.tom)
        return found

    def test_a_draft_is_restored_and_thrown_away(self, cast: Cast, tom: Client) -> None:
        url = f"/organizations/{cast.northwind.public_id}/log/"
        kept = {**TALK, "summary": "Half a sentence", "promise-2-title": "Second", "csrfmiddlewaretoken": "secret"}
        assert tom.post(f"{url}draft/", kept, headers={"HX-Request": "true"}).content.decode() == "Kept as a draft."
        assert "csrfmiddlewaretoken" not in InteractionDraft.objects.get().values
        page = tom.get(url).content.decode()
        assert [words for words in ("Half a sentence", "Second", "You began this") if words not in page] == []
        assert tom.post(f"{url}draft/forget/").status_code == 302
        assert not InteractionDraft.objects.exists()
        assert "Half a sentence" not in tom.get(url).content.decode()

    def test_a_template_fills_what_is_empty_and_keeps_what_was_typed(self, cast: Cast, tom: Client) -> None:
        url = f"/organizations/{cast.northwind.public_id}/log/"
        sent = {**TALK, "summary": "", "body": "My own words", "use_template": "kick_off"}
        page = tom.post(url, sent).content.decode()
        assert [words for words in ("My own words", "Risks they see:", 'value="Kick-off"') if words not in page] == []
        assert not Interaction.objects.exists()
        assert tom.post(url, {**TALK, "template": "kick_off"}).status_code == 302
        assert Interaction.objects.get().template == "kick_off"

    def test_five_promises_and_their_faults_at_their_fields(self, cast: Cast, tom: Client) -> None:
        url = f"/organizations/{cast.northwind.public_id}/log/"
        rows = {
            f"{prefix}-{name}": value
            for prefix in ("promise", "promise-2", "promise-3", "promise-4", "promise-5")
            for name, value in (("title", prefix), ("side", "us"), ("due_on", "2026-04-01"))
        }
        faulty = tom.post(url, {**TALK, **rows, "promise-4-owner": cast.otto.email})
        assert (faulty.status_code, Interaction.objects.count()) == (422, 0)
        assert tom.post(url, {**TALK, **rows}).status_code == 302
        assert Commitment.objects.filter(source_id=Interaction.objects.get().pk, owner=cast.tom).count() == 5

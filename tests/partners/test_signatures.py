"""Signing: by whose role it is, under what was submitted, as the server saw it; the last signature decides."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import ProgrammingError, transaction

from accounts.models import Notification
from common.errors import DomainError, NotAllowed
from common.models import StoredFile
from common.png import read_png
from partners.models import Assignment, Organization, Signature
from partners.services import signatures, submissions
from partners.services.gates import GateNotReady
from tests.cast import Cast
from tests.factories.accounts import take_role
from tests.factories.gates import decided_review
from tests.factories.partners import make_assignment
from tests.partners.gate_world import (
    AT,
    HOUR,
    accepted_handoff,
    drawing,
    fill,
    partner_at,
    settle_tasks,
    sign,
    submitted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def media(settings: Any, tmp_path: Any) -> Any:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def stage_of(organization: Organization) -> str:
    return str(Organization.objects.values_list("stage", flat=True).get(pk=organization.pk))


class TestTyped:
    def test_what_the_server_saw_stands_with_it(self, cast: Cast) -> None:
        made = submitted(cast, partner_at(cast, "gate_3"))
        row = sign(made, cast.actor("ana"), "pam", name="  ana   SILVA ", browser="Firefox\n150\0" + "x" * 400)
        assert (row.signer, row.role, row.kind, row.name, row.ip) == (
            cast.ana,
            "pam",
            "typed",
            "ana SILVA",
            "192.0.2.7",
        )
        assert (row.content_hash, row.signed_at, row.image) == (made.content_hash, AT + HOUR, None)
        assert (row.browser[:10], len(row.browser)) == ("Firefox150", 300)

    @pytest.mark.parametrize("name", ["", "Ana", "Ana Silva Jr", "Olga Petrenko", "Ana\0Silva", "x" * 5000])
    def test_another_name_is_no_signature(self, cast: Cast, name: str) -> None:
        made = submitted(cast, partner_at(cast, "gate_3"))
        with pytest.raises(DomainError) as caught:
            sign(made, cast.actor("ana"), "pam", name=name)
        assert (caught.value.field, "Ana Silva" in caught.value.message) == ("name", True)
        assert not Signature.objects.exists()

    def test_accents_may_be_written_in_two_ways(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_3")
        cast.ana.name = "Ána Silva"
        cast.ana.save()
        made = submitted(cast, partner)
        assert sign(made, cast.actor("ana"), "pam", name="A\u0301na silva").role == "pam"

    def test_it_is_added_to_and_never_changed(self, cast: Cast) -> None:
        row = sign(submitted(cast, partner_at(cast, "gate_3")), cast.actor("ana"), "pam")
        with pytest.raises(ProgrammingError), transaction.atomic():
            Signature.objects.filter(pk=row.pk).update(name="Olga Petrenko")
        with pytest.raises(ProgrammingError), transaction.atomic():
            row.delete()


class TestDrawn:
    def sign(self, cast: Cast, image: Any) -> Signature:
        made = submitted(cast, partner_at(cast, "gate_3"))
        return sign(made, cast.actor("ana"), "pam", kind="drawn", image=image)

    def test_the_picture_is_kept_written_anew(self, cast: Cast, media: Any) -> None:
        sent = drawing(300, 120)
        row = self.sign(cast, SimpleUploadedFile("sig.exe", sent, content_type="text/html"))
        file = row.image
        assert file is not None
        assert (file.content_type, file.original_name, file.organization_id) == (
            "image/png",
            "signature.png",
            row.organization_id,
        )
        kept = default_storage.open(file.path).read()
        assert kept == read_png(sent, max_bytes=10**6, max_width=300, max_height=120).content
        assert file.path.startswith("signatures/")

    @pytest.mark.parametrize(
        ("image", "code"),
        [
            (None, "not_a_picture"),
            (b"", "not_a_picture"),
            (b"<svg onload='alert(1)'/>", "not_a_picture"),
            (b"\xff\xd8\xff\xe0 JPEG", "not_a_picture"),
            (drawing()[:-9], "not_a_picture"),
            (drawing(1601, 10), "not_a_picture"),
            (drawing(blank=True), "blank"),
            (drawing() + bytes(200 * 1024), "too_large"),
            (b"\x89PNG\r\n\x1a\n" + bytes(20 * 1024 * 1024), "too_large"),
        ],
        ids=["none", "empty", "a script", "a JPEG", "cut off", "too wide", "blank", "too large", "20 MB"],
    )
    def test_what_is_no_drawing_is_refused(self, cast: Cast, media: Any, image: Any, code: str) -> None:
        with pytest.raises(DomainError) as caught:
            self.sign(cast, image)
        assert (caught.value.field, caught.value.code) == ("image", code)
        assert not Signature.objects.exists()
        assert not StoredFile.objects.exists()
        assert not list(media.rglob("*.png"))

    def test_a_large_file_is_refused_before_it_is_read(self, cast: Cast) -> None:
        class Large:
            size = 20 * 1024 * 1024

            def read(self, *_args: Any) -> bytes:
                raise AssertionError("read")

        with pytest.raises(DomainError) as caught:
            self.sign(cast, Large())
        assert caught.value.code == "too_large"


class TestWhoMay:
    @pytest.mark.parametrize(
        ("name", "role"),
        [
            ("olga", "pam"),
            ("otto", "tam"),
            ("adam", "pam"),
            ("adam", "psm"),
            ("max", "psm"),
            ("tom", "tam"),
            ("tom", "psm"),
            ("ana", "psm"),
            ("petra", "pam"),
            ("paul", "pdm"),
            ("carl", "csm"),
            ("sam", "sales"),
            ("nora", "pam"),
            ("connie", "pam"),
            ("ana", "king"),
        ],
    )
    def test_only_the_signer_role_by_own_assignment(self, cast: Cast, name: str, role: str) -> None:
        made = submitted(cast, partner_at(cast, "gate_3"))
        with pytest.raises(NotAllowed):
            sign(made, cast.actor(name), role)
        assert not Signature.objects.exists()

    def test_a_role_that_was_taken_signs_no_more(self, cast: Cast) -> None:
        made = submitted(cast, partner_at(cast, "gate_3"))
        take_role(cast.ana, "pam")
        with pytest.raises(NotAllowed):
            sign(made, cast.actor("ana"), "pam")

    def test_nor_an_owner_whose_assignment_ended(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_3")
        made = submitted(cast, partner)
        Assignment.objects.filter(organization=partner, user=cast.ana).update(ended_at=AT)
        make_assignment(partner, cast.olga, "pam", started_at=AT)
        with pytest.raises(NotAllowed):
            sign(made, cast.actor("ana"), "pam")
        assert sign(made, cast.actor("olga"), "pam").signer == cast.olga

    def test_once_a_role(self, cast: Cast) -> None:
        made = submitted(cast, partner_at(cast, "gate_3"))
        sign(made, cast.actor("ana"), "pam")
        with pytest.raises(DomainError) as caught:
            sign(made, cast.actor("ana"), "pam")
        assert caught.value.code == "signed"


class TestWhatIsSigned:
    def test_only_what_passes(self, cast: Cast) -> None:
        failed = submitted(cast, partner_at(cast, "gate_0"), contract_signed="no")
        with pytest.raises(DomainError) as caught:
            sign(failed, cast.actor("paul"), "pdm")
        assert caught.value.code == "not_passed"
        waiting = submitted(
            cast, partner_at(cast, "gate_0", name="Borealis"), tier=2, operational_readiness_score="low"
        )
        with pytest.raises(DomainError) as caught:
            sign(waiting, cast.actor("paul"), "pdm")
        assert caught.value.code == "not_passed"

    def test_no_version_that_was_superseded(self, cast: Cast) -> None:
        first = submitted(cast, partner_at(cast, "gate_3"))
        draft = first.review.drafts.get()
        fill(draft, cast.actor("petra"), {"beta-customers-count": "9"})
        submissions.submit(draft=draft, by=cast.actor("petra"), now=AT)
        with pytest.raises(DomainError) as caught:
            sign(first, cast.actor("ana"), "pam")
        assert caught.value.code == "superseded"

    def test_no_row_that_was_tampered_with(self, cast: Cast) -> None:
        made = submitted(cast, partner_at(cast, "gate_3"))
        # What the application may write of a submission is how it came out, and it is part of what was hashed.
        made.result["computed"] = {"go-live-date": {"text": "2030-01-01", "receipt": {}}}
        made.save(update_fields=["result"])
        with pytest.raises(DomainError) as caught:
            sign(made, cast.actor("ana"), "pam")
        assert caught.value.code == "tampered"

    def test_nothing_at_a_gate_that_is_decided(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_3")
        made = submitted(cast, partner)
        decided_review(partner, by=cast.actor("petra"), now=AT)
        with pytest.raises(DomainError) as caught:
            sign(made, cast.actor("ana"), "pam")
        assert caught.value.code == "decided"


class TestTheLastOne:
    def test_is_refused_while_anything_else_is_in_the_way(self, cast: Cast, media: Any) -> None:
        partner = partner_at(cast, "gate_3")
        made = submitted(cast, partner)
        sign(made, cast.actor("petra"), "psm")
        with pytest.raises(GateNotReady) as caught:
            sign(made, cast.actor("ana"), "pam", kind="drawn", image=drawing())
        blockers = {blocker.params.get("criterion") for blocker in caught.value.decision.blockers}
        assert blockers == {"go_live_checklist_done", "handed_over_to_tam"}
        assert "The handoff has not been prepared yet." in caught.value.message
        assert (Signature.objects.count(), stage_of(partner)) == (1, "gate_3")
        assert not list(media.rglob("*.png"))
        accepted_handoff(cast, partner)
        settle_tasks(partner)
        sign(made, cast.actor("ana"), "pam")
        assert stage_of(partner) == "post_launch"

    def test_either_of_two_may_be_the_last(self, cast: Cast) -> None:
        for number, order in enumerate([("paul", "ana"), ("ana", "paul")]):
            partner = partner_at(cast, "gate_0", name=f"Partner {number}")
            made = submitted(cast, partner)
            roles = {"paul": "pdm", "ana": "pam"}
            sign(made, cast.actor(order[0]), roles[order[0]])
            assert stage_of(partner) == "gate_0"
            sign(made, cast.actor(order[1]), roles[order[1]])
            assert stage_of(partner) == "gate_1"


def test_who_is_missing_is_reminded_once_a_day(cast: Cast) -> None:
    made = submitted(cast, partner_at(cast, "gate_3"))
    sign(made, cast.actor("petra"), "psm")
    assert signatures.remind(submission=made, by=cast.actor("petra"), now=AT + HOUR) == 1
    assert signatures.remind(submission=made, by=cast.actor("tom"), now=AT + 2 * HOUR) == 0
    assert signatures.remind(submission=made, by=cast.actor("petra"), now=AT + timedelta(days=1)) == 1
    assert Notification.objects.filter(user=cast.ana, title__contains="reminds you").count() == 2
    with pytest.raises(NotAllowed):
        signatures.remind(submission=made, by=cast.actor("otto"), now=AT)

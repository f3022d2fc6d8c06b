"""Two people at one gate at the same moment, with real transactions: one consistent outcome, whoever is first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections, transaction

from common.errors import DomainError
from common.scope import Scope, set_scope
from partners.models import Assignment, GateReview, Organization, Signature, StagePeriod, Submission, Waiver
from partners.selectors.submission_content import is_as_hashed
from partners.services import assignments, drafts, gates, submissions, waivers
from tests.cast import Cast
from tests.partners.gate_world import (
    AT,
    HOUR,
    drafted,
    fill,
    partner_at,
    questionnaire_of,
    review_of,
    sign,
    submitted,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]
Step = Callable[[], Any]


def at_once(*steps: Step) -> list[Any]:
    """What each came to: its value, or the code of what it was refused with. All begin at the same moment."""
    gate = threading.Barrier(len(steps))
    found: list[Any] = [None] * len(steps)

    def run(place: int, step: Step) -> None:
        try:
            with transaction.atomic():
                set_scope(Scope.all())
                gate.wait(timeout=30)
                found[place] = step()
        except DomainError as error:
            found[place] = error.code
        except Exception as error:
            found[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=entry) for entry in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    unexpected = [one for one in found if isinstance(one, Exception)]
    assert not unexpected, unexpected
    return found


def consistent(partner: Organization) -> str:
    """The stage, after checking that stays, reviews and stage say one thing."""
    partner.refresh_from_db()
    stays = list(StagePeriod.objects.filter(organization=partner).order_by("entered_at", "pk"))
    assert [stay.stage for stay in stays if stay.left_at is None] == [partner.stage]
    opened = GateReview.objects.get(organization=partner, decided_at__isnull=True)
    assert opened.stage == partner.stage
    decided = GateReview.objects.filter(organization=partner, decided_at__isnull=False)
    assert decided.count() == len(stays) - 1
    return str(partner.stage)


@pytest.mark.parametrize("_time", range(3))
def test_two_last_signatures_decide_once(cast: Cast, _time: int) -> None:
    partner = partner_at(cast, "gate_0")
    made = submitted(cast, partner)
    paul, ana = cast.actor("paul"), cast.actor("ana")
    found = at_once(
        lambda: sign(made, paul, "pdm").role,
        lambda: sign(made, ana, "pam").role,
        lambda: sign(made, ana, "pam").role,
    )
    assert found[0] == "pdm"
    assert sorted(found[1:]) in (["decided", "pam"], ["pam", "signed"])
    assert (consistent(partner), Signature.objects.count()) == ("gate_1", 2)


def test_two_deciders(cast: Cast) -> None:
    partner = partner_at(cast, "gate_1")
    made, review = submitted(cast, partner), review_of(partner)
    paul, adam = cast.actor("paul"), cast.actor("adam")
    found = at_once(
        lambda: sign(made, paul, "pdm").role,
        lambda: gates.override(review=review, reason="Board", by=adam, now=AT + HOUR).outcome.value,
        lambda: gates.override(review=review, reason="Board", by=adam, now=AT + HOUR).outcome.value,
    )
    assert found.count("decided") == 2
    assert {"pdm", "overridden"} & {*found}
    assert consistent(partner) == "gate_2"


@pytest.mark.parametrize("_time", range(3))
def test_deciding_while_the_waiver_is_revoked(cast: Cast, _time: int) -> None:
    partner = partner_at(cast, "pre_contract")
    waiver = waivers.grant(
        organization=partner,
        stage="pre_contract",
        criterion="section:strategic-classification",
        reason="Agreed",
        expires_at=AT + timedelta(days=9),
        by=cast.actor("adam"),
        now=AT,
    )
    made = submitted(cast, partner, tier=2)
    review, ana, adam = review_of(partner), cast.actor("ana"), cast.actor("adam")
    signed, _revoked = at_once(
        lambda: sign(made, ana, "pam").role, lambda: waivers.revoke(waiver=waiver, by=adam, now=AT + HOUR).pk
    )
    review.refresh_from_db()
    if signed == "pam":
        assert consistent(partner) == "gate_0"
        assert review.decision["waived"] == ["section:strategic-classification"]
    else:
        assert signed == "not_passed"
        assert (consistent(partner), Signature.objects.count()) == ("pre_contract", 0)
    assert Waiver.objects.get().revoked_at is not None


def test_deciding_at_the_moment_in_which_a_waiver_expires(cast: Cast) -> None:
    """Who reads the clock before the end decides, who reads it at the end does not, whichever transaction is first."""
    partner = partner_at(cast, "pre_contract")
    waivers.grant(
        organization=partner,
        stage="pre_contract",
        criterion="section:strategic-classification",
        reason="Agreed",
        expires_at=AT + HOUR,
        by=cast.actor("adam"),
        now=AT,
    )
    made, ana = submitted(cast, partner, tier=2), cast.actor("ana")
    found = at_once(
        lambda: sign(made, ana, "pam", now=AT + HOUR).role,
        lambda: sign(made, ana, "pam", now=AT + HOUR - timedelta(seconds=1)).role,
    )
    assert found[0] in ("not_passed", "decided")
    assert found[1] == "pam"
    assert consistent(partner) == "gate_0"


@pytest.mark.parametrize("_time", range(3))
def test_deciding_while_the_pam_changes(cast: Cast, _time: int) -> None:
    partner = partner_at(cast, "gate_0")
    made = submitted(cast, partner)
    sign(made, cast.actor("paul"), "pdm")
    held = Assignment.objects.active().get(organization=partner, role="pam")
    ana, olga, adam = cast.actor("ana"), cast.actor("olga"), cast.actor("adam")
    signed, _replaced = at_once(
        lambda: sign(made, ana, "pam").role,
        lambda: assignments.replace_owner(by=adam, assignment=held, user=cast.olga, now=AT + HOUR).pk,
    )
    assert Assignment.objects.active().get(organization=partner, role="pam").user == cast.olga
    if signed == "pam":
        assert (consistent(partner), Signature.objects.get(role="pam").signer) == ("gate_1", cast.ana)
    else:
        assert (signed, consistent(partner)) == ("not_allowed", "gate_0")
        sign(made, olga, "pam", now=AT + 2 * HOUR)
        assert consistent(partner) == "gate_1"


def test_submitting_twice_at_once_is_submitting_once(cast: Cast) -> None:
    partner = partner_at(cast, "gate_0")
    draft = drafted(partner, cast.actor("paul"))
    paul, ana = cast.actor("paul"), cast.actor("ana")
    found = at_once(
        lambda: submissions.submit(draft=draft, by=paul, now=AT).pk,
        lambda: submissions.submit(draft=draft, by=ana, now=AT).pk,
        lambda: submissions.submit(draft=draft, by=paul, now=AT).pk,
    )
    assert len({*found}) == 1
    assert Submission.objects.get().number == 1


@pytest.mark.parametrize("_time", range(3))
def test_typing_while_somebody_submits(cast: Cast, _time: int) -> None:
    partner = partner_at(cast, "gate_0")
    draft = drafted(partner, cast.actor("paul"), launch_market="Norway")
    version = draft.answers.get(field="launch-market").version
    paul, ana = cast.actor("paul"), cast.actor("ana")

    def save() -> str:
        return drafts.save_answer(
            draft=draft, field="launch-market", value="Sweden", base_version=version, by=ana, now=AT
        ).value

    made, saved = at_once(lambda: submissions.submit(draft=draft, by=paul, now=AT).pk, save)
    row = Submission.objects.get(pk=made)
    assert saved == "Sweden"
    assert row.answers["launch-market"] in ("Norway", "Sweden")
    assert is_as_hashed(row, partner, questionnaire_of("gate_0"))
    assert drafts.answers_of(draft)["launch-market"] == "Sweden"


def test_two_at_one_answer(cast: Cast) -> None:
    draft = drafted(partner_at(cast, "gate_0"), cast.actor("paul"), answers={})
    paul, ana = cast.actor("paul"), cast.actor("ana")

    def save(by: Any, value: str) -> Any:
        return drafts.save_answer(draft=draft, field="launch-market", value=value, base_version=0, by=by, now=AT)

    found = at_once(lambda: save(paul, "Norway"), lambda: save(ana, "Sweden"))
    [written] = [one for one in found if one.conflict is None]
    [met] = [one for one in found if one.conflict is not None]
    assert (met.value, met.conflict.theirs) == (written.value, written.value)
    assert drafts.answers_of(draft) == {"launch-market": written.value}


@pytest.mark.parametrize("_time", range(3))
def test_signing_while_a_new_version_comes(cast: Cast, _time: int) -> None:
    partner = partner_at(cast, "gate_1")
    first = submitted(cast, partner)
    draft, paul, ana = first.review.drafts.get(), cast.actor("paul"), cast.actor("ana")
    fill(draft, paul, {"sales-team-size-trained": "12"})
    signed, submitted_again = at_once(
        lambda: sign(first, paul, "pdm").role,
        lambda: submissions.submit(draft=draft, by=ana, now=AT + HOUR).number,
    )
    if signed == "pdm":
        assert (submitted_again, consistent(partner)) == ("decided", "gate_2")
        assert Submission.objects.get().superseded_at is None
    else:
        assert (signed, submitted_again, consistent(partner)) == ("superseded", 2, "gate_1")
        assert not Signature.objects.exists()


def test_opening_twice_at_once_opens_once(cast: Cast) -> None:
    from partners.services.gate_opening import open_missing

    partner = partner_at(cast, "gate_1")
    GateReview.objects.filter(organization=partner).update(outcome="passed", decided_at=AT, decided_by=cast.paul)
    at_once(
        lambda: gates.open_review(organization=partner, now=AT).pk,
        lambda: open_missing(now=AT),
        lambda: gates.open_review(organization=partner, now=AT).pk,
    )
    assert GateReview.objects.filter(organization=partner, decided_at__isnull=True).count() == 1

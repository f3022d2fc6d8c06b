"""A partner at a gate, taken as far as a test wants, by the use cases themselves."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from accounts.rules.access import Actor
from partners.journey_policy import journey_in_force
from partners.models import Draft, GateReview, Handoff, Organization, Signature, Submission
from partners.rules.journeys import Journey, Questionnaire
from partners.services import drafts, gates, signatures, submissions
from tests.cast import Cast
from tests.factories.partners import NOW, make_partner
from tests.partners.journey_world import TODAY, good_answers

# The answers of `journey_world` are good on its day.
AT = datetime(TODAY.year, TODAY.month, TODAY.day, 10, 0, tzinfo=NOW.tzinfo)
HOUR = timedelta(hours=1)
OWNERS = {
    "pam": "ana",
    "pdm": "paul",
    "tpm": "tina",
    "psm": "petra",
    "tam": "tom",
    "csm": "carl",
    "integration": "ines",
    "sales": "sam",
}
# Who fills a gate in, and who signs it in which roles, in order.
WORKERS = {"pre_contract": "ana", "gate_0": "paul", "gate_1": "paul", "gate_2": "tina", "gate_3": "petra"}
SIGNERS = {
    "pre_contract": (("ana", "pam"),),
    "gate_0": (("paul", "pdm"), ("ana", "pam")),
    "gate_1": (("paul", "pdm"),),
    "gate_2": (("tina", "tpm"),),
    "gate_3": (("petra", "psm"), ("ana", "pam")),
}


def partner_at(cast: Cast, stage: str, *, name: str = "Aurora", **fields: Any) -> Organization:
    """A partner in a stage with an owner in every role, and an open review of its gate."""
    owners = {role: getattr(cast, person) for role, person in OWNERS.items()}
    partner = make_partner(stage, name=name, owners=owners, at=AT - timedelta(days=10), **fields)
    gates.open_review(organization=partner, now=AT)
    return partner


def review_of(organization: Organization) -> GateReview:
    return GateReview.objects.get(organization=organization, decided_at__isnull=True)


def journey() -> Journey:
    found = journey_in_force("partner")
    assert found is not None
    return found


def questionnaire_of(stage: str) -> Questionnaire:
    return journey().stage(stage).questionnaires[0]


def drafted(
    organization: Organization,
    by: Actor,
    *,
    now: datetime = AT,
    answers: Mapping[str, str] | None = None,
    **changes: str,
) -> Draft:
    """The draft of the present gate with good answers in it, or with those that a test wants."""
    asked = questionnaire_of(organization.stage)
    draft = drafts.begin(review=review_of(organization), questionnaire=asked.id, by=by, now=now)
    fill(draft, by, answers if answers is not None else good_answers(asked, **changes), now=now)
    return draft


def fill(draft: Draft, by: Actor, answers: Mapping[str, str], *, now: datetime = AT) -> None:
    """Write answers over whatever stands there."""
    versions = dict(draft.answers.values_list("field", "version"))
    for field, value in answers.items():
        drafts.save_answer(draft=draft, field=field, value=value, base_version=versions.get(field, 0), by=by, now=now)


def submitted(cast: Cast, organization: Organization, *, now: datetime = AT, **changes: str) -> Submission:
    by = cast.actor(WORKERS[organization.stage])
    return submissions.submit(draft=drafted(organization, by, now=now, **changes), by=by, now=now)


def sign(submission: Submission, by: Actor, role: str, *, now: datetime = AT + HOUR, **changes: Any) -> Signature:
    values: dict[str, Any] = {"kind": "typed", "name": by.name, "ip": "192.0.2.7", "browser": "Firefox 150"}
    return signatures.sign(submission=submission, role=role, by=by, now=now, **{**values, **changes})


def sign_all(cast: Cast, submission: Submission, *, now: datetime = AT + HOUR) -> None:
    for person, role in SIGNERS[submission.review.stage]:
        sign(submission, cast.actor(person), role, now=now)


def accepted_handoff(cast: Cast, organization: Organization, **fields: Any) -> Handoff:
    values = {
        "kind": "psm_to_tam",
        "policy_version": 1,
        "from_role": "psm",
        "to_role": "tam",
        "giver": cast.petra,
        "receiver": cast.tom,
        "state": "accepted",
        "accepted_at": AT,
        **fields,
    }
    return Handoff.objects.create(organization=organization, **values)


def settle_tasks(organization: Organization) -> None:
    """What the gate waits for beside its questionnaire is done."""
    organization.tasks.filter(state__in=("open", "started")).update(state="done", done_at=AT)


def drawing(width: int = 60, height: int = 20, *, color: int = 6, more: bytes = b"", blank: bool = False) -> bytes:
    """A PNG as a canvas writes it, with a stroke across."""
    samples = {0: 1, 2: 3, 4: 2, 6: 4}[color]
    rows = [bytearray(width * samples) for _ in range(height)]
    for x in range(0 if not blank else width, width):
        rows[x * height // width][x * samples : (x + 1) * samples] = b"\xff" * samples
    packed = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows))
    header = struct.pack(">IIBBBBB", width, height, 8, color, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + more + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

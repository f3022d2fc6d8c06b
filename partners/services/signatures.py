"""Signing a submission, typed or drawn. The last required signature is the decision (ADR 0017).

Lock order: the organization, the review, the submission.
"""

import hashlib
import unicodedata
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.labels import joined, role_label
from accounts.rules.access import Actor, Right
from accounts.services import activity
from common.errors import DomainError, NotAllowed
from common.models import StoredFile
from common.png import BadPicture, Picture, read_png
from partners.choices import EntryKind
from partners.models import Assignment, GateReview, Signature, Submission
from partners.selectors.gate_state import GateState, gate_state
from partners.selectors.gate_words import in_language
from partners.selectors.submission_content import is_as_hashed
from partners.services import gate_news, gates, timeline
from partners.services.gate_locks import LockedGate, lock_gate, lock_submission, person_id, require_open
from partners.work_choices import SignatureKind

MAX_IMAGE_BYTES = 200 * 1024
MAX_IMAGE_WIDTH, MAX_IMAGE_HEIGHT = 1600, 800
MAX_BROWSER = 300


@transaction.atomic
def sign(
    *,
    submission: Submission,
    role: str,
    kind: str,
    name: str,
    image: Any = None,
    ip: str | None,
    browser: str,
    by: Actor,
    now: datetime,
) -> Signature:
    """Put a name under a current submission that passes, in one of the roles that sign at its gate.

    `name` is typed and has to be that of the account; case, blanks and ways to write an accent make no difference.
    `image` (drawn: PNG, up to 200 KB) is a file or bytes, and written anew. `ip`, `browser`: as the server saw them.

    The last required signature decides the gate in the same transaction. Where something else is still in the way it
    is refused (GateNotReady) and nothing is written: no gate is signed by all and not decided. Raises NotAllowed;
    DomainError "superseded", "decided", "tampered", "not_passed", "signed", and with `field` "role", "name", "image".
    """
    gate = lock_gate(GateReview(pk=submission.review_id, organization_id=submission.organization_id))
    locked = lock_submission(gate, submission)
    require_open(gate)
    _require_role(gate, role, by)
    state = gate_state(gate.organization, gate.review, now=now)
    _check_role_is_asked(state, locked, role)
    _check_content(gate, state, locked)
    _check_passes(state, locked)
    picture = _checked_drawing(kind, image)
    typed = _checked_name(by, name)
    is_last = _is_last(state, locked, role)
    if is_last:
        after = gate_state(gate.organization, gate.review, now=now, also_signed=frozenset({role}))
        gates.require_passed(after)
    row = Signature(
        organization=gate.organization,
        submission=locked,
        signer_id=person_id(by),
        role=role,
        kind=kind,
        name=typed,
        ip=ip,
        browser="".join(letter for letter in browser if letter.isprintable())[:MAX_BROWSER],
        content_hash=locked.content_hash,
        signed_at=now,
    )
    return _put_under(gate, state, row, picture, is_last=is_last, by=by, now=now)


@transaction.atomic
def remind(*, submission: Submission, by: Actor, now: datetime) -> int:
    """Tell those who have still to sign or judge, at most once a day; how many were told.

    Raises NotAllowed for those who do not work here; DomainError "superseded", "decided".
    """
    gate = lock_gate(GateReview(pk=submission.review_id, organization_id=submission.organization_id))
    locked = lock_submission(gate, submission)
    require_open(gate)
    if not gate.allows(by, Right.WORK):
        raise NotAllowed(_("You do not work on this organization in its present stage."))
    questionnaire = gate_state(gate.organization, gate.review, now=now).journey.questionnaire(locked.questionnaire)
    return gate_news.remind_signers(gate, questionnaire, locked, by=by, now=now)


def _put_under(
    gate: LockedGate,
    state: GateState,
    row: Signature,
    picture: Picture | None,
    *,
    is_last: bool,
    by: Actor,
    now: datetime,
) -> Signature:
    """Write the signature, and decide if it is the last one; a picture does not outlive a failure."""
    stored = _stored(picture, gate, by) if picture else None
    try:
        row.image = stored
        row.save()
        _tell(gate, state, row.submission, row, by=by, now=now)
        if is_last:
            gates.decide(review=gate.review, by=by, now=now)
    except BaseException:
        if stored is not None:
            default_storage.delete(stored.path)
        raise
    return row


def _require_role(gate: LockedGate, role: str, by: Actor) -> None:
    """The policy lets the role sign here, and the signer holds it: as a role of today and by an active assignment."""
    signs = Right.SIGN in by.policy.rights.get((role, gate.organization.kind, gate.organization.stage), ())
    held = Assignment.objects.active().filter(organization=gate.organization, user_id=by.user_id, role=role)
    if by.user_id is None or role not in by.active_roles or not signs or not held.exists():
        words = {"role": role_label(role), "organization": gate.organization.name}
        raise NotAllowed(_("You do not sign as %(role)s of %(organization)s at this gate.") % words)


def _check_role_is_asked(state: GateState, submission: Submission, role: str) -> None:
    if role not in state.stage.signers:
        words = {"roles": joined(role_label(known) for known in state.stage.signers)}
        raise DomainError(_("This gate is signed by %(roles)s.") % words, field="role", code="role")
    if any(one.role == role and one.submission_id == submission.pk for one in state.signatures):
        text = _("This version is signed as %(role)s already.") % {"role": role_label(role)}
        raise DomainError(text, field="role", code="signed")


def _check_content(gate: LockedGate, state: GateState, submission: Submission) -> None:
    if not is_as_hashed(submission, gate.organization, state.journey.questionnaire(submission.questionnaire)):
        raise DomainError(_("What is stored is not what was submitted; submit a new version."), code="tampered")


def _check_passes(state: GateState, submission: Submission) -> None:
    """Judged by what holds now: a waiver that has run out since the submission passes nothing any more."""
    result = state.decision.results.get(submission.questionnaire) if state.decision else None
    if result is None or result.overall.value != "passed":
        raise DomainError(
            _("Only what passes is signed; this version does not, or waits for a judgment."), code="not_passed"
        )


def _is_last(state: GateState, submission: Submission, role: str) -> bool:
    """Whether with this signature every role has signed everything that the gate asks."""
    wanted = {
        (questionnaire.id, signer) for questionnaire in state.stage.questionnaires for signer in state.stage.signers
    }
    had = {(one.submission.questionnaire, one.role) for one in state.signatures}
    return wanted <= had | {(submission.questionnaire, role)}


def _checked_name(by: Actor, name: str) -> str:
    typed = " ".join(name.split())
    if not typed or _folded(typed) != _folded(by.name):
        text = _("Type your name as it stands in your account: %(name)s.") % {"name": by.name}
        raise DomainError(text, field="name", code="name")
    return typed[:150]


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _checked_drawing(kind: str, image: Any) -> Picture | None:
    if kind not in SignatureKind.values:
        raise DomainError(_("A signature is typed or drawn."), field="kind", code="kind")
    if kind == SignatureKind.TYPED:
        return None
    size = len(image) if isinstance(image, bytes) else getattr(image, "size", 0) or 0
    if size > MAX_IMAGE_BYTES:
        limit = MAX_IMAGE_BYTES // 1024
        text = _("This picture is too large; up to %(limit)s KB are taken.") % {"limit": limit}
        raise DomainError(text, field="image", code="too_large")
    sent = image if isinstance(image, bytes) else image.read(MAX_IMAGE_BYTES + 1) if image is not None else b""
    try:
        picture = read_png(sent, max_bytes=MAX_IMAGE_BYTES, max_width=MAX_IMAGE_WIDTH, max_height=MAX_IMAGE_HEIGHT)
    except BadPicture:
        text = _("This is no drawn signature. Draw it again, or type your name.")
        raise DomainError(text, field="image", code="not_a_picture") from None
    if picture.is_blank:
        raise DomainError(
            _("Nothing is drawn yet. Draw your signature, or type your name."), field="image", code="blank"
        )
    return picture


def _stored(picture: Picture, gate: LockedGate, by: Actor) -> StoredFile:
    path = default_storage.save(f"signatures/{uuid4().hex}.png", ContentFile(picture.content))
    stored: StoredFile = StoredFile.objects.create(
        path=path,
        original_name="signature.png",
        content_type="image/png",
        size=len(picture.content),
        sha256=hashlib.sha256(picture.content).hexdigest(),
        owner_id=by.user_id,
        organization_id=gate.organization.pk,
    )
    return stored


def _tell(
    gate: LockedGate, state: GateState, submission: Submission, signature: Signature, *, by: Actor, now: datetime
) -> None:
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb="submission.signed",
        target=submission,
        organization_id=gate.organization.pk,
        changes={
            "role": [None, signature.role],
            "kind": [None, signature.kind],
            "content_hash": [None, signature.content_hash],
        },
        now=now,
    )
    words = {
        "name": in_language(state.journey.questionnaire(submission.questionnaire).name),
        "role": role_label(signature.role),
    }
    timeline.push(
        organization=gate.organization,
        kind=EntryKind.GATE,
        title=_("%(name)s signed as %(role)s") % words,
        data={"questionnaire": submission.questionnaire, "number": submission.number, "role": signature.role},
        at=now,
        by=by,
        target=submission,
    )

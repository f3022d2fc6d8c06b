"""What every use case of a gate begins with: locks in one order (organization, review, submission), and the right."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.rules.access import Actor, Right, Subject, decide
from common.errors import DomainError, Missing, NotAllowed
from partners import permissions
from partners.models import GateReview, Organization, Submission
from partners.services.locking import lock_organization, refuse_archived


@dataclass(frozen=True, kw_only=True)
class LockedGate:
    """A gate that nobody else changes until the transaction ends. `subject`: the organization as the policy sees it."""

    organization: Organization
    review: GateReview
    subject: Subject

    def allows(self, by: Actor, right: Right) -> bool:
        """Whether `by` has the right here, in the stage of now."""
        return decide(by, right, self.subject).allowed


def lock_gate(review: GateReview) -> LockedGate:
    """The organization and the review as they are now. Raises Missing where they are out of scope."""
    organization = lock_organization(Organization(pk=review.organization_id))
    locked = GateReview.objects.select_for_update(no_key=True).filter(pk=review.pk, organization=organization).first()
    if locked is None:
        raise Missing(_("This gate does not exist, or it is not yours."))
    return LockedGate(organization=organization, review=locked, subject=permissions.subject_of(organization))


def lock_submission(gate: LockedGate, submission: Submission) -> Submission:
    """The submission as it is now; its gate is locked already. Raises Missing, DomainError "superseded"."""
    rows = Submission.objects.select_for_update(of=("self",)).select_related("submitted_by")
    locked: Submission | None = rows.filter(pk=submission.pk, review=gate.review).first()
    if locked is None:
        raise Missing(_("This submission does not exist, or it is not yours."))
    if locked.superseded_at is not None:
        raise DomainError(_("A newer version has been submitted; this one counts no more."), code="superseded")
    return locked


def require_open(gate: LockedGate) -> None:
    """Refuse a gate that is decided or behind the organization, and one of an archived organization."""
    refuse_archived(gate.organization)
    if gate.review.decided_at is not None or gate.review.stage != gate.organization.stage:
        raise DomainError(_("This gate has been decided; nothing in it changes any more."), code="decided")


def require_work(gate: LockedGate, by: Actor) -> None:
    """Raise NotAllowed for those who do not work on the organization in its present stage."""
    if not gate.allows(by, Right.WORK):
        raise NotAllowed(_("You do not work on this organization in its present stage."))


def person_id(by: Actor) -> int:
    """Who acts, where a row has to name a person. Raises NotAllowed for nobody."""
    if by.user_id is None:
        raise NotAllowed(_("Sign in first."))
    return by.user_id

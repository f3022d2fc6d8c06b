"""One row of every model of the relationship, for the tests that hold all of them behind both walls."""

from datetime import timedelta
from decimal import Decimal

from accounts.models import User
from partners.models import (
    BalanceMove,
    BalanceProposal,
    BetaProgram,
    BetaSeat,
    BusinessReview,
    CadenceAgreement,
    Contact,
    FeedbackItem,
    FeedbackVoice,
    IntegrationStep,
    Loss,
    LossAutopsy,
    Objective,
    Opportunity,
    Recommendation,
    RecordFact,
    ReferenceRequest,
    ReleaseNote,
    Renewal,
    RevenueChange,
    ReviewDocument,
    ReviewSection,
    ServiceDelivery,
    Stakeholder,
    SuccessPlan,
    TechnicalIntegration,
    Training,
    TrainingAttendee,
    Win,
)
from tests.factories.partners import NOW

TODAY = NOW.date()
LATER = TODAY + timedelta(days=90)


def make_relationship(contact: Contact, giver: User, receiver: User) -> None:
    """A row of every model of growth, reviews, plans, people, feedback, enablement, cadence and balance."""
    own = {"organization": contact.organization}
    _make_growth(contact)
    review = BusinessReview.objects.create(**own, title="A quarter", period_from=TODAY, period_to=LATER)
    ReviewSection.objects.create(**own, review=review, key="health", place=1, built_at=NOW)
    ReviewDocument.objects.create(**own, review=review, edition="internal", format="pdf", content_hash="0" * 64)
    plan = SuccessPlan.objects.create(**own, template="strategic", title="A year", starts_on=TODAY, ends_on=LATER)
    Objective.objects.create(**own, plan=plan, title="Faster", target_on=LATER)
    Stakeholder.objects.create(**own, contact=contact)
    RecordFact.objects.create(**own, profile="business", key="champion", value="Nora", as_of=TODAY)
    _make_feedback(contact)
    _make_enablement(contact)
    CadenceAgreement.objects.create(**own, touchpoint="check_in", every_days=14, starts_on=TODAY, reason="Agreed")
    proposal = BalanceProposal.objects.create(role="tam", made_at=NOW)
    BalanceMove.objects.create(**own, proposal=proposal, giver=giver, receiver=receiver, hours=Decimal(2))


def _make_growth(contact: Contact) -> None:
    own = {"organization": contact.organization}
    Opportunity.objects.create(**own, title="Second region", amount=Decimal(50_000), expected_on=LATER)
    Renewal.objects.create(**own, due_on=LATER, amount=Decimal(100_000))
    RevenueChange.objects.create(**own, on=TODAY, kind="new", amount=Decimal(100_000), recorded_at=NOW)
    loss = Loss.objects.create(**own, lost_on=TODAY, reason="price", recorded_at=NOW)
    LossAutopsy.objects.create(**own, loss=loss, drafted_at=NOW)


def _make_feedback(contact: Contact) -> None:
    own = {"organization": contact.organization}
    item = FeedbackItem.objects.create(title=f"For {contact.organization_id}")
    FeedbackVoice.objects.create(**own, item=item)
    ReleaseNote.objects.create(**own, item=item, subject="It is there", body="As you asked.")
    program = BetaProgram.objects.create(title="Try it", starts_on=TODAY, ends_on=LATER)
    BetaSeat.objects.create(**own, program=program)


def _make_enablement(contact: Contact) -> None:
    own = {"organization": contact.organization}
    training = Training.objects.create(**own, title="Administration")
    TrainingAttendee.objects.create(**own, training=training, contact=contact)
    Recommendation.objects.create(**own, title="Rotate keys", proposed_on=TODAY)
    integration = TechnicalIntegration.objects.create(**own, name="Single sign-on")
    IntegrationStep.objects.create(**own, integration=integration, stage="design")
    ServiceDelivery.objects.create(**own, service="remote", delivered_on=TODAY, days=Decimal(1), recorded_at=NOW)
    win = Win.objects.create(**own, title="Twice as fast", achieved_on=TODAY)
    ReferenceRequest.objects.create(**own, win=win, wanted_for="A bank", asked_on=TODAY)

"""Background work of organizations; each run is one transaction and safe to run twice."""

from celery import shared_task
from django.utils import timezone

from common.jobs import enqueue_on_commit, job
from partners.imports import execution
from partners.models import Organization
from partners.services import (
    autopsies,
    balance,
    campaigns,
    capacity_keeping,
    classification,
    forecast_runs,
    forecasts,
    gate_opening,
    grants,
    guides,
    handoff_reminders,
    objectives,
    reminders,
    renewal_verdicts,
    review_batches,
    review_building,
    review_documents,
    review_opening,
    review_reminders,
    surveys,
    touchpoint_plan,
    touchpoint_reminders,
)


@job("partners.end_context_grants")
def end_context_grants() -> None:
    """End what has run out; once a minute."""
    grants.end_expired(now=timezone.now())


@job("partners.reclassify")
def reclassify() -> None:
    """Classify a chunk of what is not of the policies in force, and wake the next run while there is more."""
    if classification.recompute_stale(now=timezone.now()):
        enqueue_on_commit("partners.reclassify")


@job("partners.open_gates", time_limit=300)
def open_gates() -> None:
    """Open the gates of organizations that came without one, and wake the next run while there are more."""
    if gate_opening.open_missing(now=timezone.now()):
        enqueue_on_commit("partners.open_gates")


# Not a `job`: an attempt is counted in a transaction of its own, which outlives a worker that dies in the next one.
@shared_task(name="partners.run_import", ignore_result=True)
def run_import(run_id: int) -> None:
    """Check, apply or undo an import, with the rights that its person has now."""
    execution.run_queued(run_id=run_id, now=timezone.now())


@job("partners.requeue_imports", time_limit=60)
def requeue_imports() -> None:
    """Queue imports again whose worker or message was lost; once a minute."""
    execution.requeue_stuck(now=timezone.now())


@job("partners.remind_handoffs", time_limit=300)
def remind_handoffs() -> None:
    """Tell of handoffs whose receiver is late, and wake the next run while there are more."""
    if handoff_reminders.remind_overdue(now=timezone.now()) == handoff_reminders.CHUNK:
        enqueue_on_commit("partners.remind_handoffs")


@job("partners.remind_due")
def remind_due() -> None:
    """Remind owners of promises whose day comes near or has passed; once an hour, told once a day."""
    reminders.remind_due(now=timezone.now())


@job("partners.send_surveys", time_limit=120)
def send_surveys() -> None:
    """End campaigns that are over, ask whose time has come, and wake the next run while there are more."""
    campaigns.end_due(now=timezone.now())
    if surveys.send_due(now=timezone.now()) == surveys.BATCH:
        enqueue_on_commit("partners.send_surveys")


@job("partners.forecast_daily", time_limit=60)
def forecast_daily() -> None:
    """Begin the forecasts of the day, or go on with what a lost worker left."""
    forecast_runs.keep_going(now=timezone.now())


@job("partners.forecast_all", time_limit=300)
def forecast_all(run_id: int, after: int = 0) -> None:
    """One part of a run; it wakes the next."""
    forecast_runs.go_on(run_id=run_id, after=after, now=timezone.now())


@job("partners.forecast_stale", time_limit=300)
def forecast_stale() -> None:
    """Forecast what moved or got another target, and wake the next run while there is more."""
    if forecasts.recompute_stale(now=timezone.now()) == forecasts.CHUNK:
        enqueue_on_commit("partners.forecast_stale")


@job("partners.plan_touchpoints", time_limit=300)
def plan_touchpoints(after: int = 0) -> None:
    """Bring a chunk of organizations in line with the cadence, and wake the next run while there are more."""
    if last := touchpoint_plan.plan_next(after=after, now=timezone.now()):
        enqueue_on_commit("partners.plan_touchpoints", after=last)


@job("partners.plan_touchpoints_of", time_limit=60)
def plan_touchpoints_of(organization_id: int) -> None:
    """Bring one organization in line with the cadence."""
    organizations = Organization.objects.filter(pk=organization_id)
    touchpoint_plan.bring_in_line(organizations, now=timezone.now())


@job("partners.plan_touchpoints_of_holder", time_limit=300)
def plan_touchpoints_of_holder(user_id: int) -> None:
    """Bring what somebody holds in line with the cadence: they are away, or there again."""
    touchpoint_plan.plan_of_holder(user_id=user_id, now=timezone.now())


@job("partners.remind_of_touchpoints", time_limit=300)
def remind_of_touchpoints() -> None:
    """Tell owners whose morning has begun what their day brings; told once for each planned day."""
    touchpoint_reminders.remind_of_the_day(now=timezone.now())


@job("partners.remind_guides", time_limit=60)
def remind_guides() -> None:
    """Tell of guides that are to be looked over."""
    guides.remind_overdue(now=timezone.now())


@job("partners.judge_renewals", time_limit=300)
def judge_renewals(after: int = 0) -> None:
    """Judge a chunk of open renewals, and wake the next run while there are more; then ask owners without a verdict."""
    now = timezone.now()
    if last := renewal_verdicts.judge_next(after=after, now=now):
        enqueue_on_commit("partners.judge_renewals", after=last)
    else:
        renewal_verdicts.ask_owners(now=now)


@job("partners.judge_renewals_of", time_limit=60)
def judge_renewals_of(organization_id: int) -> None:
    """Judge what is open at one organization: its health has turned."""
    renewal_verdicts.judge_of([organization_id], now=timezone.now())


@job("partners.make_balance", time_limit=120)
def make_balance(proposal_id: int) -> None:
    """Make a proposal that balances a role."""
    balance.make(proposal_id=proposal_id, now=timezone.now())


@job("partners.requeue_balances", time_limit=60)
def requeue_balances() -> None:
    """Queue proposals again whose message was lost."""
    for pk in balance.waiting(now=timezone.now()):
        enqueue_on_commit("partners.make_balance", proposal_id=pk)


@job("partners.draft_autopsies", time_limit=120)
def draft_autopsies() -> None:
    """Draft what losses teach, and wake the next run while there are more."""
    if autopsies.draft_missing(now=timezone.now()) == autopsies.CHUNK:
        enqueue_on_commit("partners.draft_autopsies")


@job("partners.measure_objectives", time_limit=300)
def measure_objectives(after: int = 0) -> None:
    """Measure a chunk of open objectives, and wake the next run while there are more."""
    if last := objectives.measure_next(after=after, now=timezone.now()):
        enqueue_on_commit("partners.measure_objectives", after=last)


@job("partners.open_reviews", time_limit=300)
def open_reviews(after: int = 0) -> None:
    """Begin the reviews of a chunk of touchpoints that come near, and wake the next run; at the end build them."""
    if last := review_opening.open_next(after=after, now=timezone.now()):
        enqueue_on_commit("partners.open_reviews", after=last)
    else:
        enqueue_on_commit("partners.build_reviews")


@job("partners.build_reviews", time_limit=300)
def build_reviews(after: int = 0) -> None:
    """Bring a chunk of open reviews up to date, and wake the next run; at the end remind of those that come near."""
    if last := review_building.build_next(after=after, now=timezone.now()):
        enqueue_on_commit("partners.build_reviews", after=last)
    else:
        review_reminders.remind_of_packs(now=timezone.now())


@job("partners.build_review_batch", time_limit=300)
def build_review_batch(batch_id: int, part: int, asked_at: str) -> None:
    """Build a part of what somebody wants up to date at once; its documents follow one by one."""
    review_batches.build_part(batch_id=batch_id, part=part, asked_at=asked_at, now=timezone.now())


@job("partners.make_batch_document", time_limit=120)
def make_batch_document(batch_id: int, part: int, asked_at: str) -> None:
    """Render the next document of a part, and wake the run after it."""
    review_batches.render_next(batch_id=batch_id, part=part, asked_at=asked_at, now=timezone.now())


@job("partners.make_review_document", time_limit=120)
def make_review_document(document_id: int) -> None:
    """Render one document."""
    review_documents.make(document_id=document_id, now=timezone.now())


@job("partners.requeue_review_documents", time_limit=60)
def requeue_review_documents() -> None:
    """Queue documents again whose message was lost."""
    for pk in review_documents.waiting(now=timezone.now()):
        enqueue_on_commit("partners.make_review_document", document_id=pk)


@job("partners.keep_weeks", time_limit=300)
def keep_weeks() -> None:
    """Work out the weeks ahead of what has changed in the last minute; goes on while there is more."""
    if capacity_keeping.keep(now=timezone.now()) >= capacity_keeping.CHUNK:
        enqueue_on_commit("partners.keep_weeks")

"""Background work of predictions."""

from celery import shared_task
from django.utils import timezone

from common.jobs import job
from health.services import training


@job("health.keep_training", time_limit=300)
def keep_training() -> None:
    """Begin the trainings of the week, or predict the day by the latest; a few times a day."""
    training.keep_going(now=timezone.now())


# Not a `job`: its parts are transactions of their own, so that its progress is seen.
@shared_task(name="health.train", ignore_result=True, time_limit=1_500, soft_time_limit=1_400)
def train(training_id: int) -> None:
    """Learn from the past of a kind of organization, and predict."""
    training.execute(training_id=training_id, now=timezone.now())

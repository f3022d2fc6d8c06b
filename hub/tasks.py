"""Background work of the hub itself."""

from celery import shared_task
from django.utils import timezone

from hub.retention import apply_retention as apply


# Not a `job`: each batch commits on its own.
@shared_task(name="hub.apply_retention", ignore_result=True, time_limit=800, soft_time_limit=760)
def apply_retention() -> None:
    """Delete what the policy does not keep any longer."""
    apply(holder="worker", now=timezone.now())

"""Background work of organizations; each run is one transaction and safe to run twice."""

from django.utils import timezone

from common.jobs import enqueue_on_commit, job
from partners.services import classification, grants


@job("partners.end_context_grants")
def end_context_grants() -> None:
    """End what has run out; once a minute."""
    grants.end_expired(now=timezone.now())


@job("partners.reclassify")
def reclassify() -> None:
    """Classify a chunk of what is not of the policies in force, and wake the next run while there is more."""
    if classification.recompute_stale(now=timezone.now()):
        enqueue_on_commit("partners.reclassify")

"""The sections that organizations themselves bring to a review."""

from django.utils.translation import gettext_lazy as _

from partners.review_sections import SectionSource, register
from partners.rules.review_content import COMMERCIAL
from partners.selectors import review_enablement, review_outlook, review_promises


def offer() -> None:
    """Called once, when the app is ready."""
    register(
        SectionSource(key="opening_commitments", title=_("What we promised last time"), build=review_promises.opening)
    )
    register(SectionSource(key="trainings", title=_("Trainings"), build=review_enablement.trainings))
    register(SectionSource(key="outcomes", title=_("Outcomes"), build=review_outlook.outcomes))
    register(SectionSource(key="wins", title=_("Wins and references"), build=review_enablement.wins))
    register(SectionSource(key="commitments", title=_("Commitments"), build=review_promises.kept_word))
    register(
        SectionSource(key="expansion", title=_("Expansion"), build=review_outlook.expansion, field_class=COMMERCIAL)
    )
    register(SectionSource(key="next_quarter", title=_("The next quarter"), build=review_outlook.next_quarter))
    register(
        SectionSource(key="renewal", title=_("The next renewal"), build=review_outlook.renewal, field_class=COMMERCIAL)
    )

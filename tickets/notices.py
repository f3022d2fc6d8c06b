"""The kinds of notices that the desk sends; people tune them in their preferences."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Delivery
from accounts.services.notifications import NoticeKind, register_kind

WARNINGS = register_kind(
    NoticeKind(key="sla_warnings", label=_("A promise on a ticket is running out"), delivery=Delivery.INSTANT)
)
ESCALATIONS = register_kind(
    NoticeKind(key="sla_escalations", label=_("A ticket was escalated"), delivery=Delivery.INSTANT)
)
HOLES = register_kind(
    NoticeKind(key="sla_holes", label=_("A step of an escalation reached nobody"), delivery=Delivery.INSTANT)
)
GIVEN = register_kind(NoticeKind(key="tickets_given", label=_("A ticket was given to you"), delivery=Delivery.DIGEST))
MENTIONS = register_kind(
    NoticeKind(key="ticket_mentions", label=_("A colleague names you on a ticket"), delivery=Delivery.INSTANT)
)
WATCHED = register_kind(
    NoticeKind(
        key="tickets_watched", label=_("The partner wrote on a ticket that you have or watch"), delivery=Delivery.DIGEST
    )
)
ARTICLES = register_kind(
    NoticeKind(
        key="articles", label=_("An article waits for a review or is to be looked over"), delivery=Delivery.DIGEST
    )
)
QUALITY = register_kind(
    NoticeKind(
        key="quality", label=_("Your work was reviewed, or a review of yours answered"), delivery=Delivery.DIGEST
    )
)
AUTOMATION = register_kind(
    NoticeKind(key="ticket_automation", label=_("A rule of automation names you on a ticket"), delivery=Delivery.DIGEST)
)
INCIDENTS = register_kind(
    NoticeKind(
        key="incidents", label=_("An incident affects your organization, or is yours"), delivery=Delivery.INSTANT
    )
)
INCIDENT_UPDATES = register_kind(
    NoticeKind(
        key="incident_updates", label=_("Something was said on an incident that you follow"), delivery=Delivery.DIGEST
    )
)
INCIDENT_RHYTHM = register_kind(
    NoticeKind(key="incident_rhythm", label=_("An update of an incident is due"), delivery=Delivery.INSTANT)
)
POST_MORTEMS = register_kind(
    NoticeKind(key="post_mortems", label=_("A post-mortem waits for you"), delivery=Delivery.DIGEST)
)

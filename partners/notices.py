"""The kinds of notices that organizations send; people tune them in their preferences."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Delivery
from accounts.services.notifications import NoticeKind, register_kind

OWNERS = register_kind(
    NoticeKind(
        key="owners", label=_("You were assigned to an organization, or no longer are"), delivery=Delivery.DIGEST
    )
)
STAGES = register_kind(
    NoticeKind(key="stages", label=_("An organization of yours opens to you"), delivery=Delivery.DIGEST)
)
GRANTS_ASKED = register_kind(
    NoticeKind(key="grants_asked", label=_("Somebody asks for context that you decide on"), delivery=Delivery.INSTANT)
)
GRANTS = register_kind(
    NoticeKind(key="grants", label=_("Your request for context was answered, or ended"), delivery=Delivery.DIGEST)
)
CLASSIFICATION = register_kind(
    NoticeKind(key="classification", label=_("A tier, segment or gemstone was set by hand"), delivery=Delivery.DIGEST)
)
IMPORTS = register_kind(
    NoticeKind(key="imports", label=_("An import that you started has ended"), delivery=Delivery.DIGEST)
)
TASKS = register_kind(NoticeKind(key="tasks", label=_("A task was given to you, or settled"), delivery=Delivery.DIGEST))
COMMITMENTS = register_kind(
    NoticeKind(key="commitments", label=_("A commitment of yours is due, or was settled"), delivery=Delivery.DIGEST)
)
PLAYS = register_kind(NoticeKind(key="plays", label=_("A play was started or ended"), delivery=Delivery.DIGEST))
SIGNATURES = register_kind(
    NoticeKind(key="signatures", label=_("A gate waits for your signature or judgment"), delivery=Delivery.INSTANT)
)
GATES = register_kind(
    NoticeKind(key="gates", label=_("A gate of an organization of yours was decided"), delivery=Delivery.DIGEST)
)
WAIVERS = register_kind(
    NoticeKind(
        key="waivers",
        label=_("Somebody asks for a waiver that you grant, or yours was answered"),
        delivery=Delivery.INSTANT,
    )
)
HANDOFFS = register_kind(
    NoticeKind(
        key="handoffs",
        label=_("A handoff waits for you, came back, was accepted or is late"),
        delivery=Delivery.INSTANT,
    )
)
FORECASTS = register_kind(
    NoticeKind(
        key="forecasts", label=_("An organization of yours will probably miss its launch"), delivery=Delivery.DIGEST
    )
)
TOUCHPOINTS = register_kind(
    NoticeKind(key="touchpoints", label=_("A meeting was arranged for you"), delivery=Delivery.DIGEST)
)
TOUCHPOINTS_TODAY = register_kind(
    NoticeKind(
        key="touchpoints_today",
        label=_("What the day brings: your touchpoints, and overdue ones"),
        delivery=Delivery.DIGEST,
    )
)
GUIDES = register_kind(
    NoticeKind(key="guides", label=_("A guide that you keep is to be looked over"), delivery=Delivery.DIGEST)
)
SURVEYS = register_kind(
    NoticeKind(
        key="surveys", label=_("A contact of an organization of yours is not satisfied"), delivery=Delivery.INSTANT
    )
)
LOSSES = register_kind(
    NoticeKind(key="losses", label=_("An organization of yours has left, or came back"), delivery=Delivery.DIGEST)
)
RENEWALS = register_kind(
    NoticeKind(key="renewals", label=_("A renewal of yours waits for your verdict"), delivery=Delivery.DIGEST)
)
GROWTH = register_kind(
    NoticeKind(key="growth", label=_("An opportunity was given to you, or won or lost"), delivery=Delivery.DIGEST)
)
RELEASES = register_kind(
    NoticeKind(key="releases", label=_("What an organization of yours asked for is released"), delivery=Delivery.DIGEST)
)
STAKEHOLDERS = register_kind(
    NoticeKind(
        key="stakeholders",
        label=_("Somebody who counts at an organization of yours has left"),
        delivery=Delivery.INSTANT,
    )
)
MENTIONS = register_kind(
    NoticeKind(key="mentions", label=_("A colleague names you in an interaction"), delivery=Delivery.INSTANT)
)
SUCCESS_PLANS = register_kind(
    NoticeKind(
        key="success_plans",
        label=_("A success plan of yours began or ended, or an objective of it did"),
        delivery=Delivery.DIGEST,
    )
)
REVIEWS = register_kind(
    NoticeKind(
        key="reviews", label=_("A business review of yours comes near, or was presented"), delivery=Delivery.DIGEST
    )
)
REFERENCES = register_kind(
    NoticeKind(
        key="references",
        label=_("An organization of yours is asked to serve as a reference, or that was settled"),
        delivery=Delivery.DIGEST,
    )
)

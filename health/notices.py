"""The kinds of notices that health sends; people tune them in their preferences."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Delivery
from accounts.services.notifications import NoticeKind, register_kind

PULSES = register_kind(
    NoticeKind(
        key="health_pulses", label=_("A colleague sees an organization of yours at risk"), delivery=Delivery.INSTANT
    )
)
OVERRIDES = register_kind(
    NoticeKind(
        key="health_overrides",
        label=_("The health of an organization of yours was set by hand"),
        delivery=Delivery.DIGEST,
    )
)
BANDS = register_kind(
    NoticeKind(key="health_bands", label=_("The health of an organization of yours turned"), delivery=Delivery.DIGEST)
)

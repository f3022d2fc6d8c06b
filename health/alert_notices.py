"""The kinds of notices that alerts send; people tune them in their preferences."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Delivery
from accounts.services.notifications import NoticeKind, register_kind

ALERTS = register_kind(
    NoticeKind(key="alerts", label=_("An alert about an organization waits for your answer"), delivery=Delivery.INSTANT)
)
ALERT_NEWS = register_kind(
    NoticeKind(key="alert_news", label=_("Something happened to an alert of yours"), delivery=Delivery.DIGEST)
)
ALERT_DIGEST = register_kind(
    NoticeKind(key="alert_digest", label=_("Alerts of the week that were held back"), delivery=Delivery.INSTANT)
)
ALERT_RULES = register_kind(
    NoticeKind(key="alert_rules", label=_("A rule of alerts was false too often"), delivery=Delivery.INSTANT)
)

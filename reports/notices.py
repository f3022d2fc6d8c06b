"""The kinds of notices that reports send; people tune them in their preferences."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Delivery
from accounts.services.notifications import NoticeKind, register_kind

REPORT_MAILS = register_kind(
    NoticeKind(key="report_mails", label=_("A report no longer comes to you by mail"), delivery=Delivery.DIGEST)
)
REPORT_GIVEN = register_kind(
    NoticeKind(key="report_given", label=_("Somebody has a report mailed to you"), delivery=Delivery.DIGEST)
)

"""What is told of proposals that balance the load; people tune it in their preferences."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Delivery
from accounts.services.notifications import NoticeKind, register_kind

BALANCE = register_kind(
    NoticeKind(key="balance", label=_("A proposal that you asked for is made"), delivery=Delivery.DIGEST)
)

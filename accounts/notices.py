"""The kinds of notices of people's own work."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Delivery
from accounts.services.notifications import NoticeKind, register_kind

EXPORTS = register_kind(NoticeKind(key="exports", label=_("A file is ready"), delivery=Delivery.NONE))

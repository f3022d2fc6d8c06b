"""Where samples come from: a source is made when it is first named, and stays of its kind."""

import re

from django.utils.translation import gettext as _

from common.errors import DomainError
from health.choices import SourceKind
from health.models import SampleSource

_KEY = re.compile(r"[a-z0-9][a-z0-9_.:-]{0,59}")
HUB = "hub"


def source_named(key: str, kind: str) -> SampleSource:
    """The source of this key, made if it is new. Raises DomainError with `field` "source"."""
    if not _KEY.fullmatch(key):
        raise DomainError(
            _("A source is named by small letters, digits, dots, dashes and underscores: %(key)s") % {"key": key[:60]},
            field="source",
        )
    if (key == HUB) != (kind == SourceKind.HUB):
        raise DomainError(_("The source %(key)s is the hub itself.") % {"key": HUB}, field="source", code="reserved")
    found, _is_new = SampleSource.objects.get_or_create(key=key, defaults={"kind": kind})
    if found.kind != kind:
        raise DomainError(
            _("Samples of the source %(key)s arrive in another way (%(kind)s); name this one differently.")
            % {"key": key, "kind": found.get_kind_display()},
            field="source",
            code="other_kind",
        )
    return found


def hub_source() -> SampleSource:
    """What the hub computes itself."""
    return source_named(HUB, SourceKind.HUB)

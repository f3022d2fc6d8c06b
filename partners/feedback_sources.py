"""What feedback may have come from: talks, and what upper floors register, such as tickets."""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rules.access import Actor
from common.errors import DomainError
from partners.models import Interaction


@dataclass(frozen=True, kw_only=True)
class FeedbackSource:
    """`find` gives (id, organization) of what an actor sees by its key, None for all else; `url` opens it by its id."""

    key: str
    label: str | Promise
    find: Callable[[Actor, str], tuple[int, int | None] | None]
    url: Callable[[int], str]


_sources: dict[str, FeedbackSource] = {}


def register_source(source: FeedbackSource) -> None:
    """Make a source known; called in AppConfig.ready() of its app."""
    _sources[source.key] = source


def source_of(actor: Actor, asked: tuple[str, str] | None, organization_id: int) -> tuple[str, int | None]:
    """Type and id of a source of this organization that `actor` sees. Raises DomainError ("source")."""
    if not asked or not asked[0]:
        return "", None
    source = _sources.get(asked[0])
    found = source.find(actor, asked[1]) if source is not None else None
    if source is None or found is None or found[1] != organization_id:
        raise DomainError(_("There is no such source at this organization."), field="source", code="unknown_source")
    return source.key, found[0]


def url_of(source_type: str, source_id: int | None) -> str:
    """Where a source is read; "" for none, and for what is not installed."""
    source = _sources.get(source_type)
    return source.url(source_id) if source is not None and source_id is not None else ""


def label_of(source_type: str) -> str:
    source = _sources.get(source_type)
    return str(source.label) if source is not None else ""


def _talk(actor: Actor, key: str) -> tuple[int, int | None] | None:
    try:
        row = Interaction.objects.visible_to(actor).filter(public_id=key).values_list("pk", "organization_id").first()
    except ValidationError:
        return None
    return row


def offer() -> None:
    """The source that this app knows; called once, when the app is ready."""
    register_source(FeedbackSource(key="interaction", label=gettext_lazy("From a talk"), find=_talk, url=lambda pk: ""))

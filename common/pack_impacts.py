"""What a new version of a policy pack would do to what is there: upper floors are asked before it is put in force."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from common.packs import Body


@dataclass(frozen=True, kw_only=True)
class PackImpact:
    """A sentence, how bad it is ("", "warning" or "danger"), and where to look."""

    text: str | Promise
    tone: str = ""
    url: str = ""


Provider = Callable[[Body, datetime], list[PackImpact]]
_providers: dict[str, Provider] = {}


def register_pack_impact(kind: str, provider: Provider) -> None:
    """Have a module say what another body of a pack of this kind would do; called in AppConfig.ready().

    It is asked for bodies that the kind's parser accepts, and must write nothing.
    """
    _providers[kind] = provider


def impacts_of_pack(kind: str, body: Body, *, now: datetime) -> list[PackImpact]:
    """What the module that reads this kind of pack says; nothing where none does."""
    provider = _providers.get(kind)
    return provider(body, now) if provider is not None else []

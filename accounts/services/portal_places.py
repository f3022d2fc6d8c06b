"""The organizations that a contact may open in the portal; the floor above knows them and says so here."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from accounts.choices import Audience
from accounts.models import User

# The session remembers the choice under this key; the middleware resolves it again with every request.
SESSION_KEY = "organization"


@dataclass(frozen=True, kw_only=True)
class PortalPlace:
    """One organization of a contact: its internal id for the session, the rest for the page."""

    organization_id: int
    public_id: UUID
    name: str


PlaceProvider = Callable[[User], list[PortalPlace]]
_providers: list[PlaceProvider] = []


def register_place_provider(provider: PlaceProvider) -> None:
    """Say which organizations a contact belongs to; called in AppConfig.ready()."""
    if provider not in _providers:
        _providers.append(provider)


def places_of(user: User) -> list[PortalPlace]:
    """The organizations of a contact, by name; none for our own people."""
    if user.audience != Audience.CONTACT:
        return []
    return [place for provider in _providers for place in provider(user)]

"""What stops the start: settings of single sign-on that cannot be meant so."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from accounts.rules.sso import RoleMapError, parse_role_map


@register()
def role_map_can_be_read(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """An Error where OIDC_ROLE_MAP has a slip: at sign-in it would give nobody a role, and nobody would know why."""
    try:
        parse_role_map(settings.OIDC_ROLE_MAP)
    except RoleMapError as error:
        hint = "Write OIDC_ROLE_MAP as claim=role pairs, separated by commas."
        return [Error(f"OIDC_ROLE_MAP: {error}.", hint=hint, id="accounts.E001")]
    return []

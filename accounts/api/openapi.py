"""How callers sign in, for the description of the API."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class ActorScheme(OpenApiAuthenticationExtension):
    """A personal token, or the session of the pages (which then has to send the CSRF token with writes)."""

    target_class = "accounts.api.authentication.ActorAuthentication"
    name = ["token", "session"]  # noqa: RUF012 - as the base declares it

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
        from django.conf import settings

        return [
            {
                "type": "http",
                "scheme": "bearer",
                "description": "A personal token, made on the profile page: `Authorization: Bearer hub_...`. "
                "One with the scope `read` never writes.",
            },
            {
                "type": "apiKey",
                "in": "cookie",
                "name": settings.SESSION_COOKIE_NAME,
                "description": "The session of the pages. Writes need the header `X-CSRFToken` as well.",
            },
        ]

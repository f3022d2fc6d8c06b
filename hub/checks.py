"""The wall around the URLconf: a view without a policy stamp does not start (security.md 3)."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, URLResolver, get_resolver

# Third-party views that cannot carry a stamp; each subtree brings its own gate, named here.
GATED_SUBTREES = {
    "admin/": "HubAdminSite.has_permission: the admin role, on a session",
}


def url_patterns(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every leaf of the URLconf with its full path pattern."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from url_patterns(entry, path)
        else:
            yield path, entry


def access_rule_of(view: Any) -> Any:
    """The stamp of a view: on the function, or on the class behind `as_view()`."""
    for candidate in (view, getattr(view, "cls", None), getattr(view, "view_class", None)):
        rule = getattr(candidate, "access_rule", None)
        if rule is not None:
            return rule
    return None


@register()
def every_url_has_a_rule(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """An Error for each URL whose view says nothing about who may open it."""
    if not settings.ROOT_URLCONF:
        return []
    return [
        Error(
            f"The view of '{path}' carries no access rule.",
            hint="Decorate it with one of accounts.policies.",
            id="hub.E001",
        )
        for path, entry in url_patterns()
        if not path.startswith(tuple(GATED_SUBTREES)) and access_rule_of(entry.callback) is None
    ]

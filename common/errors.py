"""Failures that the product foresees: views, tasks and the API turn them into a message at their place."""

from collections.abc import Mapping


class DomainError(Exception):
    """Base of every anticipated failure. `message` is already in the user's language.

    `code` is stable and machine-readable (problem+json `type`); `field` names the input at fault, if one is;
    `status` is the HTTP status that the API and the pages answer with.
    """

    status = 400
    code = "invalid"

    def __init__(self, message: str, *, field: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        if code is not None:
            self.code = code

    @property
    def errors(self) -> list[tuple[str, str]]:
        """(field, message) of every input at fault; an error of several says so itself."""
        return [(self.field, self.message)] if self.field else []


class NotAllowed(DomainError):
    """The actor may see the object but lacks the right for this."""

    status = 403
    code = "not_allowed"


class Missing(DomainError):
    """The object does not exist or is not the actor's: both give the same answer."""

    status = 404
    code = "missing"


class Conflict(DomainError):
    """Somebody else changed the object first. `current` holds the fields as they are now, `version` its version."""

    status = 409
    code = "conflict"

    def __init__(self, message: str, *, version: int, current: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.version = version
        self.current = dict(current or {})


class Unavailable(DomainError):
    """A dependency does not answer; nothing was written."""

    status = 503
    code = "unavailable"

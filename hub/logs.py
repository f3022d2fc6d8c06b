"""Structured logs: one JSON object a line, with the request's or the task's id and nothing personal."""

import logging
from typing import Any

import structlog

_SECRET_KEYS = frozenset({"password", "token", "authorization", "cookie", "secret", "email", "ip", "user_agent"})


def drop_personal(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Leave out what must not be in a log (security.md 19)."""
    return {key: value for key, value in event.items() if key not in _SECRET_KEYS}


_SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    drop_personal,
]


def configure() -> None:
    """Route structlog through the standard library, so that third-party lines get the same shape."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def formatter() -> logging.Formatter:
    """The formatter that the settings name."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
    )

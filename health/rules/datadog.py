"""What a monitor of Datadog says by webhook, and by its templates. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

ALERT, WARN, OK = "alert", "warn", "ok"
_STATES = {
    "triggered": ALERT,
    "re-triggered": ALERT,
    "warn": WARN,
    "re-warn": WARN,
    "recovered": OK,
    "no data": WARN,
    "renotify": ALERT,
    "error": ALERT,
    "warning": WARN,
    "success": OK,
}
_LATEST = 4_102_444_800
"""The year 2100 in seconds; larger stamps are of milliseconds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MonitorAlert:
    """One alert. `key` is of the event; `thing` is what it is about: the monitor with its scope."""

    key: str
    thing: str
    at: datetime
    state: str
    title: str
    url: str
    tags: Mapping[str, str]


class NoAlert(ValueError):
    """A payload that is no alert: the field at fault, and what was expected."""

    def __init__(self, field: str, expected: str) -> None:
        super().__init__(f"{field}: expected {expected}")
        self.field = field


def read(payload: Any) -> MonitorAlert:
    """The alert of a payload. Raises NoAlert."""
    if not isinstance(payload, Mapping):
        raise NoAlert("", "an object")
    texts = {name: _text(payload.get(name)) for name in ("id", "monitor_id", "alert_transition", "alert_type", "title")}
    key = texts["id"] or texts["monitor_id"]
    if not key:
        raise NoAlert("id", "the id of an event or of a monitor")
    state = _STATES.get(texts["alert_transition"].lower()) or _STATES.get(texts["alert_type"].lower())
    if state is None:
        raise NoAlert("alert_transition", "Triggered, Warn, No Data or Recovered")
    at = _moment(payload.get("date")) or _moment(payload.get("last_updated"))
    if at is None:
        raise NoAlert("date", "milliseconds since 1970")
    scopes = payload.get("scopes")
    scope = ",".join(_text(one) for one in scopes) if isinstance(scopes, list) else _text(scopes)
    return MonitorAlert(
        key=key[:120],
        thing=f"{texts['monitor_id'] or key}:{scope}"[:120],
        at=at,
        state=state,
        title=(texts["title"] or key)[:250],
        url=_text(payload.get("url"))[:500],
        tags=tags_of(payload.get("tags"), scope),
    )


def tags_of(tags: Any, scope: str) -> Mapping[str, str]:
    """name:value of tags and scope; a tag without a value says itself. The first of a name counts."""
    listed = [_text(one) for one in tags] if isinstance(tags, list) else _text(tags).split(",")
    found: dict[str, str] = {}
    for one in (*listed, *scope.split(",")):
        name, _colon, value = one.strip().partition(":")
        if name:
            found.setdefault(name[:60], value.strip()[:120])
    return found


def _text(value: Any) -> str:
    is_plain = isinstance(value, (str, int)) and not isinstance(value, bool)
    return str(value).replace("\0", "").strip() if is_plain else ""


def _moment(value: Any) -> datetime | None:
    text = _text(value)
    if not text.isascii() or not text.isdecimal() or len(text) > 16:
        return None
    number = int(text)
    try:
        return datetime.fromtimestamp(number / 1000 if number > _LATEST else number, tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None

"""When a person's digest is due. Pure: a day is the person's own (their zone), the clock is handed in."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

DIGEST_TIME = time(7, 30)


def digest_day(now: datetime, zone: str) -> date | None:
    """The local day whose digest is due at `now`, or None before 07:30 of that day."""
    local = now.astimezone(ZoneInfo(zone))
    return local.date() if local.time() >= DIGEST_TIME else None


def digest_cutoff(on: date, zone: str) -> datetime:
    """The moment up to which the digest of a local day counts: what arrives later waits for the next day.

    A 07:30 that a clock change skips or repeats is taken at its first reading (fold=0).
    """
    return datetime.combine(on, DIGEST_TIME, tzinfo=ZoneInfo(zone))

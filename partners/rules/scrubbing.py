"""Take a person's words (full names, addresses, numbers) out of what others wrote. Pure."""

import re
from collections.abc import Iterable
from typing import Any

# Shorter ones are found in too many other words.
SHORTEST = 3


def pattern_of(words: Iterable[str]) -> re.Pattern[str] | None:
    """What to look for: each word by itself, the longest first; None where nothing is worth looking for.

    A name of several words and an address are found in any case. A single word only as it is written: "May" is a name,
    "may" is not.
    """
    wanted = sorted({word.strip() for word in words if len(word.strip()) >= SHORTEST}, key=len, reverse=True)
    parts = [f"(?i:{re.escape(word)})" if re.search(r"[\s@]", word) else re.escape(word) for word in wanted]
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)") if parts else None


def scrub(value: Any, pattern: re.Pattern[str], neutral: str) -> Any:
    """`value` (a text, or JSON of texts) with every finding replaced by `neutral`."""
    if isinstance(value, str):
        return pattern.sub(neutral, value)
    if isinstance(value, list):
        return [scrub(entry, pattern, neutral) for entry in value]
    if isinstance(value, dict):
        return {key: scrub(entry, pattern, neutral) for key, entry in value.items()}
    return value

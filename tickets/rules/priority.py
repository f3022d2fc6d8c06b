"""Priority from impact and urgency: the matrix of service desks. Pure."""

from collections.abc import Mapping

LEVELS = ("high", "medium", "low")

# (impact, urgency) -> priority
MATRIX: Mapping[tuple[str, str], str] = {
    ("high", "high"): "critical",
    ("high", "medium"): "high",
    ("high", "low"): "medium",
    ("medium", "high"): "high",
    ("medium", "medium"): "medium",
    ("medium", "low"): "low",
    ("low", "high"): "medium",
    ("low", "medium"): "low",
    ("low", "low"): "low",
}


def priority_of(impact: str, urgency: str) -> str:
    """The priority that impact and urgency give. Raises KeyError for a level that there is none of."""
    return MATRIX[impact, urgency]

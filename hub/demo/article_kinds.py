"""What an article of the demo world is, and the shelves they stand on."""

from dataclasses import dataclass

# key, name
SHELVES: tuple[tuple[str, str], ...] = (
    ("access", "Sign-in and access"),
    ("integration", "Integration and API"),
    ("data", "Data and synchronization"),
    ("performance", "Performance and outages"),
    ("contract", "Contract and invoices"),
    ("support", "How we work with you"),
    ("inside", "For support alone"),
)


@dataclass(frozen=True, kw_only=True)
class Words:
    title: str
    summary: str
    body: str


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One article. `age` is how many days ago it was published; without it is a draft, with `waits` in review."""

    shelf: str
    audience: str
    writer: str
    en: Words
    de: Words | None = None
    age: int | None = 120
    waits: bool = False

"""What the explainer says."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One explained organization or ticket; `public_id` and `url` only where it opens."""

    name: str
    is_known: bool
    sentences: tuple[str, ...]
    public_id: str = ""
    url: str = ""

    @property
    def is_seen(self) -> bool:
        return bool(self.url)

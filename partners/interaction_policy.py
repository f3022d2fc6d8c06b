"""The templates of interactions in force, in the reader's language."""

from dataclasses import dataclass

from django.utils.translation import get_language

from common.policy_cache import active_policy
from partners.rules.classification import label_in
from partners.rules.interaction_packs import InteractionPolicy, InteractionTemplate

PACK = "interactions"


@dataclass(frozen=True, kw_only=True)
class Skeleton:
    """A template in words: what it fills the fields of the form with."""

    id: str
    label: str
    kind: str
    minutes: int | None
    is_two_way: bool
    summary: str
    body: str


def skeletons() -> list[Skeleton]:
    """All templates of today, none while no policy is loaded. One statement."""
    found = active_policy(PACK)
    if found is None or not isinstance(found.policy, InteractionPolicy):
        return []
    return [_in_words(one) for one in found.policy.templates.values()]


def _in_words(template: InteractionTemplate) -> Skeleton:
    language = get_language() or "en"
    return Skeleton(
        id=template.id,
        label=label_in(template.label, language),
        kind=template.kind,
        minutes=template.minutes,
        is_two_way=template.is_two_way,
        summary=label_in(template.summary, language) if template.summary else "",
        body="\n\n".join(f"{label_in(prompt, language)}\n" for prompt in template.prompts).rstrip() + "\n",
    )

"""The policy of surveys in force, and what an upper floor says of the subjects that they are about."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.errors import DomainError
from common.policy_cache import active_policy
from partners.rules.surveys import CsatPolicy
from partners.survey_querysets import Reach, register_reach

PACK = "surveys"
CAMPAIGN = "campaign"
"""The type of subject of what campaigns ask."""


def find_policy() -> CsatPolicy | None:
    """The policy of today; None while none is loaded: nobody is asked then. One statement."""
    found = active_policy(PACK)
    return found.policy if found is not None and isinstance(found.policy, CsatPolicy) else None


def policy_in_force() -> CsatPolicy:
    """The same. Raises DomainError "no_policy"."""
    found = find_policy()
    if found is None:
        raise DomainError(_("No surveys have been set up: an administrator loads their policy."), code="no_policy")
    return found


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What surveys of a type are about.

    `is_sound` says by its id whether it is still a ground to ask, `title` what it is called to whom it belongs; `url`
    opens it by its key; `reach` gives the ids of those that an actor sees (None: all); `topics` names topics for an
    actor, such as titles of articles by address.
    """

    key: str
    label: str | Promise
    is_sound: Callable[[int], bool]
    title: Callable[[int], str]
    url: Callable[[Actor, str], str]
    reach: Reach
    topics: Callable[[Actor, Iterable[str]], Mapping[str, str]]


_subjects: dict[str, Subject] = {}


def register_subject(subject: Subject) -> None:
    """Make a subject known; called in AppConfig.ready() of its app."""
    _subjects[subject.key] = subject
    register_reach(subject.key, subject.reach)


def subject_of(subject_type: str) -> Subject | None:
    """None for a type that nothing installed knows."""
    return _subjects.get(subject_type)


def subjects() -> Iterable[Subject]:
    return _subjects.values()


Trouble = Callable[[set[int]], set[int]]
_troubles: list[Trouble] = []


def register_trouble(trouble: Trouble) -> None:
    """Say at which of these organizations something urgent is open; called in AppConfig.ready() of its app."""
    _troubles.append(trouble)


def in_trouble(organization_ids: set[int]) -> set[int]:
    """Those at which it is no time to ask how likely they are to recommend us."""
    return {pk for trouble in _troubles for pk in trouble(organization_ids)} if organization_ids else set()

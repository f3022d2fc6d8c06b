"""How the use of features is said."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from health.rules.adoption import NEVER, UNDERUSED, USED


@dataclass(frozen=True, kw_only=True)
class StateWords:
    key: str
    label: str | Promise
    hint: str | Promise
    tone: str
    icon: str

    @property
    def anchor(self) -> str:
        return f"#{self.key}"


STATES = (
    StateWords(
        key=UNDERUSED,
        label=_("Underused"),
        hint=_("Tried, or left: a conversation is worth most here."),
        tone="warning",
        icon="trending-down",
    ),
    StateWords(
        key=NEVER,
        label=_("Never used"),
        hint=_("An opportunity: nobody there has used these yet."),
        tone="neutral",
        icon="circle",
    ),
    StateWords(key=USED, label=_("Used"), hint=_("Part of their weeks."), tone="success", icon="circle-check"),
)
_LABELS = {state.key: state.label for state in STATES}


def state_label(state: str) -> str:
    return str(_LABELS[state])

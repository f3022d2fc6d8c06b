"""What roles, stages, kinds and teams are called, in the language of the reader.

Names of values nobody knows (any longer) come back as they are, so that old rows still show.
"""

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import get_language_info, gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.choices import USER_ROLES, AccessStage, Audience, Kind, TeamKind
from accounts.rules.roles import CAPABILITIES, ROLE_LABELS, ROLE_PHRASES, ROLE_SHORT_LABELS

STAGE_LABELS: Mapping[str, Promise] = {
    AccessStage.PRE_CONTRACT: _("Pre-Contract"),
    AccessStage.GATE_0: _("Gate 0"),
    AccessStage.GATE_1: _("Gate 1"),
    AccessStage.GATE_2: _("Gate 2"),
    AccessStage.GATE_3: _("Gate 3"),
    AccessStage.POST_LAUNCH: _("Post-Launch"),
    AccessStage.PRE_SALES: _("Pre-sales"),
    AccessStage.KICK_OFF: _("Kick-off"),
    AccessStage.INTEGRATE: _("Integrate"),
    AccessStage.ADOPT: _("Adopt"),
    AccessStage.LIVE: _("Live"),
}
KIND_LABELS: Mapping[str, Promise] = {Kind.PARTNER: _("Partner"), Kind.CUSTOMER: _("Customer")}
KIND_PHRASES: Mapping[str, Promise] = {Kind.PARTNER: _("a partner"), Kind.CUSTOMER: _("a customer")}
AUDIENCE_LABELS: Mapping[str, Promise] = {Audience.STAFF: _("Our people"), Audience.CONTACT: _("Contact")}
TEAM_KIND_LABELS: Mapping[str, Promise] = {
    TeamKind.PARTNER_MANAGEMENT: _("Partner management"),
    TeamKind.PARTNER_DEVELOPMENT: _("Partner development"),
    TeamKind.TECHNICAL_PROGRAM: _("Technical program"),
    TeamKind.PARTNER_SUCCESS: _("Partner success"),
    TeamKind.TECHNICAL_SUCCESS: _("Technical success"),
    TeamKind.CUSTOMER_SUCCESS: _("Customer success"),
    TeamKind.SUPPORT: _("Support"),
    TeamKind.SALES: _("Sales"),
    TeamKind.PRODUCT: _("Product"),
    TeamKind.LEADERSHIP: _("Leadership"),
}


def language_name(code: str) -> str:
    """A language by its code ("en"), named in the reader's own."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def role_label(role: str) -> str:
    """The role in full: "Technical Account Manager"."""
    return _translated(ROLE_LABELS, role)


def role_short_label(role: str) -> str:
    """The role as people say it: "TAM"."""
    return _translated(ROLE_SHORT_LABELS, role)


def role_phrase(role: str) -> str:
    """Any holder of the role, inside a sentence: "a TAM"."""
    return _translated(ROLE_PHRASES, role)


def role_choices(roles: Iterable[str] = USER_ROLES) -> list[tuple[str, Promise]]:
    """Value and lazy label of each of `roles`, for a form or a filter."""
    return [(role, gettext_lazy(ROLE_LABELS[role])) for role in roles]


def capability_words(capability: str) -> str:
    """What a person with the capability may do: "create partners"."""
    return _translated(CAPABILITIES, capability)


def stage_label(stage: str) -> str:
    """The access stage as people say it: "Gate 2"."""
    return str(STAGE_LABELS.get(stage, stage))


def kind_label(kind: str) -> str:
    """The kind of organization: "Partner"."""
    return str(KIND_LABELS.get(kind, kind))


def kind_phrase(kind: str) -> str:
    """Any organization of the kind, inside a sentence: "a partner"."""
    return str(KIND_PHRASES.get(kind, kind))


def team_kind_label(kind: str) -> str:
    """What the team is for: "Partner success"."""
    return str(TEAM_KIND_LABELS.get(kind, kind))


def joined(words: Iterable[str]) -> str:
    """Words as a list inside a sentence: "Ana, Ben and Chloe"."""
    return get_text_list(list(words), gettext("and"))


def any_of(words: Iterable[str]) -> str:
    """Words of which one is enough: "Ana, Ben or Chloe"."""
    return get_text_list(list(words), gettext("or"))


def _translated(labels: Mapping[str, str], key: str) -> str:
    return gettext(labels[key]) if key in labels else key

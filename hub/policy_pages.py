"""Policy packs for their pages: what is in force, its versions, and a new version put in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules.access import Actor
from common.errors import Conflict, Missing, NotAllowed
from common.models import PolicyVersion
from common.packs import PackSource
from common.services import policies
from common.services.policies import PlannedPack
from hub.policy_words import about, title_of

CAPABILITY = "manage_policies"


@dataclass(frozen=True, kw_only=True)
class PackRow:
    """One pack of the list."""

    name: str
    title: str | Promise
    about: str | Promise
    in_force: PolicyVersion | None
    by: str
    versions: int


@dataclass(frozen=True, kw_only=True)
class VersionRow:
    version: PolicyVersion
    by: str


def pack_rows(actor: Actor) -> list[PackRow]:
    """Every pack there is, by title. Three statements."""
    counts = dict(PolicyVersion.objects.order_by("name").values_list("name").annotate(total=Count("pk")))
    active = {row.name: row for row in PolicyVersion.objects.filter(is_active=True).defer("body")}
    names = _names(actor, list(active.values()))
    rows = [
        PackRow(
            name=name,
            title=title_of(name),
            about=about(name),
            in_force=active.get(name),
            by=names.get(active[name].loaded_by_id or 0, "") if name in active else "",
            versions=total,
        )
        for name, total in counts.items()
    ]
    return sorted(rows, key=lambda row: str(row.title).lower())


def version_rows(actor: Actor, name: str) -> list[VersionRow]:
    """The versions of a pack, the newest first. Raises Missing where there is none."""
    versions = list(PolicyVersion.objects.filter(name=name).order_by("-version").defer("body"))
    if not versions:
        raise Missing(_("There is no such policy."))
    names = _names(actor, versions)
    return [VersionRow(version=version, by=names.get(version.loaded_by_id or 0, "")) for version in versions]


def _names(actor: Actor, versions: Sequence[PolicyVersion]) -> dict[int, str]:
    wanted = {version.loaded_by_id for version in versions if version.loaded_by_id}
    return dict(User.objects.visible_to(actor).filter(pk__in=wanted).values_list("pk", "name"))


def version_of(name: str, version: int | None = None) -> PolicyVersion:
    """A version of a pack; without a number the one in force. Raises Missing."""
    rows = PolicyVersion.objects.filter(name=name)
    found = rows.filter(version=version).first() if version is not None else rows.filter(is_active=True).first()
    if found is None:
        raise Missing(_("There is no such version of this policy."))
    return found


@transaction.atomic
def put_in_force(*, source: PackSource, base: int | None, note: str, by: Actor, now: datetime) -> PlannedPack:
    """Make a pack the version in force, if `base` still is; nothing happens where it does not differ.

    Raises NotAllowed, PackFileError, Conflict with the version that somebody else has put in force meanwhile.
    """
    if not by.has(CAPABILITY):
        raise NotAllowed(_("Only people who manage policies can do this."))
    [plan] = policies.load_packs(sources=[source], now=now, actor_id=by.user_id, actor_name=by.name, note=note)
    if plan.in_force != base:
        raise Conflict(
            _("Version %(version)s was put in force while you were writing. Look at the changes again.")
            % {"version": plan.in_force},
            version=plan.in_force or 0,
        )
    return plan


def bring_back(*, name: str, version: int, by: Actor, now: datetime) -> PolicyVersion:
    """Put an older version in force again. Raises NotAllowed, Missing, DomainError "unreadable"."""
    if not by.has(CAPABILITY):
        raise NotAllowed(_("Only people who manage policies can do this."))
    return policies.activate_version(name=name, version=version, actor_id=by.user_id, actor_name=by.name, now=now)

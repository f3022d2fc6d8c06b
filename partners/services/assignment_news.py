"""What is written and said when owners change: audit trail, timeline, notices to the people concerned."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from accounts.labels import joined, role_short_label, stage_label
from accounts.rules.access import Actor
from accounts.services import activity
from accounts.services.activity import Happening
from accounts.services.notifications import notify
from partners import notices
from partners.choices import EntryKind
from partners.models import Assignment, Organization
from partners.services import timeline
from partners.services.assignment_rows import OwnerChange


def announce(
    changes: Sequence[OwnerChange], made: Mapping[int, list[Assignment]], *, by: Actor, reason: str, now: datetime
) -> None:
    """Record every change, add a line to each story, and tell everybody concerned once, except who did it."""
    _record(changes, made, by=by, reason=reason, now=now)
    timeline.push_many(
        timeline.line(
            organization=item.organization,
            kind=EntryKind.OWNER,
            title=_sentence(item),
            body=reason,
            at=now,
            by=by,
            data={"role": item.role, "starts": sorted(item.change.starts), "ends": sorted(item.change.leaves)},
        )
        for item in changes
    )
    _tell(changes, by=by, reason=reason, now=now)


def _record(
    changes: Sequence[OwnerChange], made: Mapping[int, list[Assignment]], *, by: Actor, reason: str, now: datetime
) -> None:
    by_verb: dict[str, list[Happening]] = defaultdict(list)
    for item in changes:
        rows = {**item.before, **{row.user_id: row for row in made.get(item.organization.pk, ())}}
        for verb, people, field, values in (
            ("assignment.started", item.change.joins, "role", [None, item.role]),
            ("assignment.ended", item.change.leaves, "role", [item.role, None]),
            ("assignment.made_primary", item.change.promoted, "is_primary", [False, True]),
            ("assignment.made_secondary", item.change.demoted, "is_primary", [True, False]),
        ):
            by_verb[verb] += [
                Happening(
                    target=rows[user_id],
                    target_name=f"{role_short_label(item.role)} {item.names[user_id]}, {item.organization.name}",
                    organization_id=item.organization.pk,
                    changes={field: values},
                )
                for user_id in sorted(people)
            ]
    for verb, happenings in by_verb.items():
        activity.record_many(
            verb=verb, happenings=happenings, now=now, actor_id=by.user_id, actor_name=by.name, reason=reason
        )


def _sentence(item: OwnerChange) -> str:
    """The line of the timeline: who came, who went, who is primary now."""
    change, names = item.change, item.names
    words = {"role": role_short_label(item.role)}
    came = joined(names[user_id] for user_id in sorted(change.joins))
    went = joined(names[user_id] for user_id in sorted(change.leaves))
    if came and went:
        return _("%(came)s took over as %(role)s from %(went)s") % {**words, "came": came, "went": went}
    if came:
        return _("%(came)s became %(role)s") % {**words, "came": came}
    if went:
        return _("%(went)s is no longer %(role)s") % {**words, "went": went}
    first = joined(names[user_id] for user_id in sorted(change.promoted))
    return _("%(first)s is now the primary %(role)s") % {**words, "first": first}


def _tell(changes: Iterable[OwnerChange], *, by: Actor, reason: str, now: datetime) -> None:
    news: dict[tuple[str, int, str], list[OwnerChange]] = defaultdict(list)
    for item in changes:
        change = item.change
        for happening, people in (
            ("joined", change.joins),
            ("left", change.leaves),
            ("promoted", change.promoted),
            ("demoted", change.demoted),
        ):
            for user_id in people - {by.user_id}:
                news[happening, user_id, item.role].append(item)
    for (happening, user_id, role), items in news.items():
        organization = items[0].organization
        is_one = len(items) == 1
        # No organization_id: who lost it, or does not see it yet, shall read the notice all the same. Its target is
        # resolved in the reader's scope when it is opened.
        notify(
            user_ids=[user_id],
            kind=notices.OWNERS,
            title=_TITLES[happening] % {"role": role_short_label(role), "name": organization.name, "count": len(items)},
            body=_body(happening, organization, role, reason, by) if is_one else reason,
            key=f"assignment:{happening}:{role}:{organization.pk}:{len(items)}:{now.isoformat()}",
            now=now,
            target_type="organization" if is_one else "",
            target_id=organization.pk if is_one else None,
        )


_TITLES = {
    "joined": ngettext_lazy(
        "You are now %(role)s of %(name)s", "You are now %(role)s of %(count)d organizations", "count"
    ),
    "left": ngettext_lazy(
        "You are no longer %(role)s of %(name)s", "You are no longer %(role)s of %(count)d organizations", "count"
    ),
    "promoted": ngettext_lazy(
        "You are now the primary %(role)s of %(name)s",
        "You are now the primary %(role)s of %(count)d organizations",
        "count",
    ),
    "demoted": ngettext_lazy(
        "Somebody else is now the primary %(role)s of %(name)s",
        "Somebody else is now the primary %(role)s of %(count)d organizations",
        "count",
    ),
}


def _body(happening: str, organization: Organization, role: str, reason: str, by: Actor) -> str:
    """The reason, and for a newcomer who does not see the organization yet from when on it opens."""
    stages = by.policy.stages_in_order(role, organization.kind)
    if happening != "joined" or not stages or organization.stage in stages:
        return reason
    opens = _("It is in %(stage)s now and opens to you in %(first)s.") % {
        "stage": stage_label(organization.stage),
        "first": stage_label(stages[0]),
    }
    return f"{reason} {opens}".strip()

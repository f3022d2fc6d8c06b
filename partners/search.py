"""Finding organizations and contacts by what people type: names, the beginning of a name, a name spelled nearly right.

And tasks by their titles. The database functions narrow by the scope of the transaction; what they find passes
`visible_to` here once more, so that neither wall stands alone.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import BooleanField, QuerySet, Value
from django.db.models.expressions import RawSQL

from accounts.rules.access import Actor
from common import composed
from partners.models import Contact, Organization

# A list narrowed by a text shows the best of a very common one.
LIST_LIMIT = 1_000
TASK_LIMIT = 5_000
MAX_TEXT = 100
ORGANIZATION, CONTACT = "organization", "contact"


@dataclass(frozen=True, kw_only=True)
class Hit:
    """Something found: an organization, or a contact with its organization. `rank` is 0 to 1."""

    kind: str
    public_id: str
    name: str
    email: str
    organization_id: str
    organization_name: str
    organization_kind: str
    stage: str
    rank: float


def matching_organizations(text: str) -> RawSQL:
    """Ids of organizations in scope whose name fits `text`, for `pk__in`; the caller has filtered by `visible_to`."""
    return RawSQL("SELECT hit.id FROM partners_search(%s, %s, 'organization') hit", [_clean(text), LIST_LIMIT])


def matching_tasks(
    text: str,
    *,
    states: Collection[str] = (),
    owners: Collection[int] = (),
    place: int | None = None,
    is_backwards: bool = False,
) -> RawSQL:
    """Ids of tasks in scope whose title or organization's name holds `text`, for `pk__in`: the first due, or the last.

    States, owners and the organization bound what is looked at; none of them is everything. The caller has filtered by
    `visible_to`.
    """
    return RawSQL(
        "SELECT hit.id FROM partners_task_search(%s, %s, %s::text[], %s::bigint[], %s, %s) hit",
        [_clean(text), TASK_LIMIT, list(states), list(owners), place or 0, is_backwards],
    )


def find(actor: Actor, text: str, *, limit: int) -> list[Hit]:
    """What `actor` may see that fits `text`, best first, at most `limit`; contacts of fully open organizations only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, id, rank FROM partners_search(%s, %s)", [_clean(text), limit])
        ranks = {(kind, pk): float(rank) for kind, pk, rank in cursor.fetchall()}
    hits = [_hit(row, ranks) for row in _seen(actor, ranks)]
    return sorted(hits, key=lambda hit: (-hit.rank, hit.name.casefold(), hit.public_id))[:limit]


def _clean(text: str) -> str:
    """The text without what PostgreSQL refuses (NUL) and no longer than a name."""
    return text.replace("\0", "")[:MAX_TEXT]


def _seen(actor: Actor, found: Iterable[tuple[str, int]]) -> Iterator[Sequence[Any]]:
    """Those of what was found that `actor` sees, in the order of `_hit`: a statement for each kind that there is."""
    ids: dict[str, list[int]] = {}
    for kind, pk in found:
        ids.setdefault(kind, []).append(pk)
    for kind, compose in ((ORGANIZATION, _organizations), (CONTACT, _contacts)):
        if kind in ids:
            yield from composed.fetch(compose, actor, gaps=(ids[kind],))


def _organizations(actor: Actor, ids: list[int]) -> "QuerySet[Any, Any]":
    seen = (
        Organization.objects.visible_to(actor)
        .current()
        .filter(RawSQL("partners_organization.id = ANY (%s)", [ids], output_field=BooleanField()))
    )
    return seen.order_by().values_list(
        Value(ORGANIZATION), "pk", "public_id", "name", Value(""), "public_id", "name", "kind", "stage"
    )


def _contacts(actor: Actor, ids: list[int]) -> "QuerySet[Any, Any]":
    seen = Contact.objects.visible_to(actor).filter(
        RawSQL("partners_contact.id = ANY (%s)", [ids], output_field=BooleanField()),
        archived_at__isnull=True,
        organization__archived_at__isnull=True,
    )
    there = ("organization__public_id", "organization__name", "organization__kind", "organization__stage")
    return seen.order_by().values_list(Value(CONTACT), "pk", "public_id", "name", "email", *there)


def _hit(row: Sequence[Any], ranks: Mapping[tuple[str, int], float]) -> Hit:
    kind, pk, public_id, name, email, organization_id, organization_name, organization_kind, stage = row
    return Hit(
        kind=kind,
        public_id=str(public_id),
        name=name,
        email=email,
        organization_id=str(organization_id),
        organization_name=organization_name,
        organization_kind=organization_kind,
        stage=stage,
        rank=ranks[kind, pk],
    )

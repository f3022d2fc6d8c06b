"""Finding organizations and contacts by what people type: names, the beginning of a name, a name spelled nearly right.

And tasks by their titles. The database functions narrow by the scope of the transaction; what they find passes
`visible_to` here once more, so that neither wall stands alone.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection
from django.db.models.expressions import RawSQL

from accounts.rules.access import Actor
from partners.models import Contact, Organization

# A list narrowed by a text shows the best of a very common one.
LIST_LIMIT = 1_000
TASK_LIMIT = 5_000
MAX_TEXT = 100


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
    hits = [*_organizations(actor, ranks), *_contacts(actor, ranks)]
    return sorted(hits, key=lambda hit: (-hit.rank, hit.name.casefold(), hit.public_id))[:limit]


def _clean(text: str) -> str:
    """The text without what PostgreSQL refuses (NUL) and no longer than a name."""
    return text.replace("\0", "")[:MAX_TEXT]


def _organizations(actor: Actor, ranks: dict[tuple[str, int], float]) -> list[Hit]:
    ids = [pk for kind, pk in ranks if kind == "organization"]
    if not ids:
        return []
    rows = Organization.objects.visible_to(actor).current().filter(pk__in=ids)
    return [
        Hit(
            kind="organization",
            public_id=str(row["public_id"]),
            name=row["name"],
            email="",
            organization_id=str(row["public_id"]),
            organization_name=row["name"],
            organization_kind=row["kind"],
            stage=row["stage"],
            rank=ranks["organization", row["pk"]],
        )
        for row in rows.order_by().values("pk", "public_id", "name", "kind", "stage")
    ]


def _contacts(actor: Actor, ranks: dict[tuple[str, int], float]) -> list[Hit]:
    ids = [pk for kind, pk in ranks if kind == "contact"]
    if not ids:
        return []
    rows = Contact.objects.visible_to(actor).filter(
        pk__in=ids, archived_at__isnull=True, organization__archived_at__isnull=True
    )
    columns = ("pk", "public_id", "name", "email", "organization__public_id", "organization__name")
    return [
        Hit(
            kind="contact",
            public_id=str(row["public_id"]),
            name=row["name"],
            email=row["email"],
            organization_id=str(row["organization__public_id"]),
            organization_name=row["organization__name"],
            organization_kind=row["organization__kind"],
            stage=row["organization__stage"],
            rank=ranks["contact", row["pk"]],
        )
        for row in rows.order_by().values(*columns, "organization__kind", "organization__stage")
    ]

"""What of an organization decides where its tickets go and which policy they fall under."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, Value
from django.db.models.functions import Coalesce

from common import composed
from common.scope import Scope, scoped
from partners.models import Assignment, Organization


@dataclass(frozen=True, kw_only=True, slots=True)
class OrganizationFacts:
    """Of nobody all of it is empty. `owner_roles` are the roles of those who look after the organization now."""

    kind: str = ""
    arr_segment: str = ""
    gemstone: str = ""
    owner_roles: frozenset[str] = frozenset()

    @classmethod
    def of(cls, row: Any) -> "OrganizationFacts":
        """Those of a row that was read `with_facts`."""
        return cls(
            kind=row.fact_kind,
            arr_segment=row.fact_arr_segment,
            gemstone=row.fact_gemstone,
            owner_roles=frozenset(row.fact_owner_roles),
        )


def with_facts(rows: QuerySet[Any], organization: str = "") -> QuerySet[Any]:
    """Organizations, or rows that lead to one by `organization`, with its facts beside them."""
    path = f"{organization}__" if organization else ""
    owners = Assignment.objects.filter(organization=OuterRef(f"{path}pk"), ended_at__isnull=True)
    return rows.annotate(
        fact_kind=F(f"{path}kind"),
        fact_arr_segment=Coalesce(f"{path}facts__arr_segment", Value("")),
        fact_gemstone=Coalesce(f"{path}facts__gemstone", Value("")),
        fact_owner_roles=ArraySubquery(owners.order_by("role").values("role").distinct()),
    )


def facts_of_organization(organization_id: int | None) -> OrganizationFacts:
    """The facts of one organization, whoever asks: support falls under the same policy as a TAM does. One statement."""
    if organization_id is None:
        return OrganizationFacts()
    with scoped(Scope.all()):
        rows = composed.instances(_facts, gaps=(organization_id,))
    return OrganizationFacts.of(rows[0]) if rows else OrganizationFacts()


def _facts(organization_id: int) -> QuerySet[Any]:
    return with_facts(Organization.objects.filter(pk=organization_id).order_by().only("pk"))

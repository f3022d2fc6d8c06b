"""The default policy, and short ways to put people and organizations before it. No database."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from accounts.rules.access import Actor, Subject, Tie, parse_access

PACK = Path(__file__).parents[2] / "policies" / "default" / "access.yaml"
BODY: dict[str, Any] = yaml.safe_load(PACK.read_text())
POLICY = parse_access(BODY, version=1)

TOM, ANA, ZOE = 1, 2, 3


def staff(*roles: str, user_id: int = TOM, leads: Iterable[int] = (), name: str = "Tom Okafor") -> Actor:
    return Actor(
        user_id=user_id,
        name=name,
        audience="staff",
        roles=frozenset(roles),
        led_user_ids=frozenset(leads),
        organization_id=None,
        policy=POLICY,
    )


def contact(organization_id: int | None, *, roles: Iterable[str] = ()) -> Actor:
    return Actor(
        user_id=90,
        name="Carla Contact",
        audience="contact",
        roles=frozenset(roles),
        led_user_ids=frozenset(),
        organization_id=organization_id,
        policy=POLICY,
    )


def tie(role: str, user_id: int = TOM, *, active: bool = True, name: str = "Tom Okafor") -> Tie:
    return Tie(user_id=user_id, role=role, is_active=active, name=name)


def partner(stage: str, *ties: Tie, **facts: Any) -> Subject:
    return _subject("partner", stage, ties, facts)


def customer(stage: str, *ties: Tie, **facts: Any) -> Subject:
    return _subject("customer", stage, ties, facts)


def _subject(kind: str, stage: str, ties: tuple[Tie, ...], facts: dict[str, Any]) -> Subject:
    return Subject(kind=kind, access_stage=stage, ties=ties, **{"name": "Northwind", "organization_id": 7, **facts})

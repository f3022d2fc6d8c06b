"""How many SQL statements the pages of the house take: the same for few rows and for many, and no more than it was.

As `test_query_counts.py` has it for organizations; the baseline is `house_counts.json`.
"""

import json
import os
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken, CalendarVersion, Export, Invitation, Notification, SavedView, WorkCalendar
from accounts.services import activity
from accounts.services.activity import Happening
from common.models import ImportRun, Outbox, PolicyVersion, StoredFile
from common.services import working_copies
from tests.architecture.test_query_counts import MOST, statements
from tests.cast import Cast
from tests.factories.accounts import make_team, make_user

BASELINE = Path(__file__).with_name("house_counts.json")
PAGES: dict[str, tuple[str, str, str]] = {
    "notifications": ("tom", "/notifications/", "list"),
    "notification settings": ("tom", "/notifications/preferences/", "page"),
    "people": ("adam", "/people/", "list"),
    "person": ("adam", "/people/{tom}/", "page"),
    "team contacts": ("tom", "/people/directory/", "list"),
    "calendars": ("adam", "/calendars/", "list"),
    "audit trail": ("adam", "/people/audit/", "list"),
    "policies": ("adam", "/policies/", "page"),
    "policy": ("adam", "/policies/access/", "page"),
    "journey, working copy": ("adam", "/policies/partner_journey/copy/", "page"),
    "journey, part": ("adam", "/policies/partner_journey/copy/parts/questionnaires/gate-0-kickoff/", "page"),
    "journey, preview": ("adam", "/policies/partner_journey/copy/preview/gate-0-kickoff/", "page"),
    "journey, stage": ("adam", "/policies/partner_journey/copy/preview/stages/gate_1/", "page"),
    "journey, changes": ("adam", "/policies/partner_journey/copy/publish/", "page"),
    "jobs": ("adam", "/jobs/", "page"),
    "imports": ("adam", "/organizations/imports/", "list"),
    "own tokens": ("tom", "/me/tokens/", "list"),
    "own exports": ("tom", "/me/exports/", "list"),
    "own sessions": ("tom", "/accounts/sessions/", "list"),
    "API: notifications": ("tom", "/api/v1/notifications/", "list"),
    "API: calendars": ("tom", "/api/v1/calendars/", "list"),
    "API: saved views": ("tom", "/api/v1/saved-views/", "list"),
    "API: teams": ("tom", "/api/v1/teams/", "list"),
    "API: exports": ("tom", "/api/v1/exports/", "list"),
    "API: imports": ("adam", "/api/v1/imports/", "list"),
    "API: audit trail": ("adam", "/api/v1/audit/", "list"),
}


def fill(cast: Cast, count: int) -> None:
    """`count` more rows on each of these pages."""
    now = timezone.now()
    of_access = PolicyVersion.objects.filter(name="access")
    newest = of_access.latest("version")
    for number in range(count):
        name = f"{number:03} {uuid4().hex[:6]}"
        Notification.objects.create(user=cast.tom, kind="owners", title=name, key=name, created_at=now)
        person = make_user("tam", name=f"Person {name}")
        make_team(name=f"Team {name}", leads=[person], members=[cast.tom])
        calendar = WorkCalendar.objects.create(name=f"Calendar {name}")
        CalendarVersion.objects.create(calendar=calendar, number=1, effective_at=now, timezone="UTC", weekly={})
        Outbox.objects.create(topic="mail", available_at=now, set_aside_at=now)
        key, later = uuid4().hex, now + timedelta(days=3)
        Invitation.objects.create(email=f"{key}@v.example", invited_by=cast.adam, token_hash=key, expires_at=later)
        ApiToken.objects.create(user=cast.tom, name=name, prefix=key[:12], secret_hash=key, expires_at=later)
        SavedView.objects.create(user=cast.tom, page="organizations", name=name, query="kind=partner")
        file = StoredFile.objects.create(path=name, original_name=name, size=1)
        ImportRun.objects.create(kind="organizations", actor_id=person.pk, file=file)
        Export.objects.create(user=cast.tom, what="tickets", title=name, format="csv", query=key, created_at=now)
        Session.objects.create(session_key=key, session_data="", expire_date=later)
        UserSession.objects.create(user=cast.tom, session_key=key, ip="203.0.113.9", user_agent="Firefox")
        PolicyVersion.objects.create(
            name="access",
            kind=newest.kind,
            version=of_access.count() + 100,
            body=newest.body,
            checksum=newest.checksum,
            loaded_by_id=person.pk,
        )
    activity.record_many(verb="role.granted", happenings=[Happening(target=cast.tom)] * count, now=now)


@pytest.mark.django_db
def test_statements_do_not_grow_and_keep_to_the_baseline(cast: Cast) -> None:
    def round_of() -> dict[str, int]:
        found = {}
        for name, (person, path, _kind) in PAGES.items():
            client = Client()
            client.force_login(getattr(cast, person))
            found[name] = statements(client, path.format(tom=cast.tom.public_id))
        return found

    # Somebody else was the last to write it, and is looked up.
    working_copies.begin(name="partner_journey", now=timezone.now(), actor_id=cast.max.pk)
    fill(cast, 10)
    few = round_of()
    fill(cast, 50)
    many = round_of()
    assert {name: (few[name], many[name]) for name in PAGES if few[name] != many[name]} == {}
    assert {name: count for name, count in few.items() if count > MOST[PAGES[name][2]]} == {}
    if os.environ.get("HUB_UPDATE_COUNTS"):
        BASELINE.write_text(json.dumps(few, indent=2) + "\n")
    assert few == json.loads(BASELINE.read_text())

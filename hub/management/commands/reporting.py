"""`manage.py reporting list|grant|revoke`: BI tools of which people read the schema (docs/reporting-schema.md)."""

import os
import secrets
from argparse import ArgumentParser
from typing import Any

import psycopg2
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from common.errors import DomainError
from common.scope import Scope, scoped
from hub.reporting_roles import drop_role, make_role, own_superuser
from reports.models import ReportingLogin
from reports.services import reporting_logins

VARIABLE = "HUB_BI_PASSWORD"


class Command(BaseCommand):
    help = "Give a BI tool a login of the database that reads what one person may open, or take it back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="list|grant|revoke")
        actions.add_parser("list", help="who has a login")
        grant = actions.add_parser("grant", help=f"make a login; its password comes from {VARIABLE}, or is made up")
        revoke = actions.add_parser("revoke", help="take a login back; with a superuser its role is dropped too")
        for action in (grant, revoke):
            action.add_argument("email", help="of the person whose organizations it reads")
            action.add_argument(
                "--superuser-url", metavar="URL", default="", help="address of the server, signing in as a superuser"
            )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["action"] == "list":
                self._list()
            elif options["action"] == "grant":
                self._grant(_person(options["email"]), options["superuser_url"] or own_superuser())
            else:
                self._revoke(_person(options["email"]), options["superuser_url"] or own_superuser())
        except DomainError as error:
            raise CommandError(error.message) from error
        except psycopg2.Error as error:
            raise CommandError(f"The server refused: {str(error).strip()}") from error

    def _list(self) -> None:
        for login in ReportingLogin.objects.select_related("user"):
            until = f", taken back {login.revoked_at:%Y-%m-%d}" if login.revoked_at else ""
            self.stdout.write(f"{login.role_name}: {login.user.email}, since {login.granted_at:%Y-%m-%d}{until}")

    def _grant(self, user: User, superuser_dsn: str) -> None:
        if not superuser_dsn:
            raise CommandError("Only a superuser of the database makes logins: --superuser-url.")
        given = os.environ.get(VARIABLE)
        password = given or secrets.token_urlsafe(24)
        with scoped(Scope.all()):
            login = reporting_logins.grant(user=user, now=timezone.now())
            make_role(superuser_dsn, role=login.role_name, password=password, database=_database())
        self.stdout.write(f"Login: {login.role_name}")
        self.stdout.write(f"Password: that of {VARIABLE}" if given else f"Password (shown once): {password}")

    def _revoke(self, user: User, superuser_dsn: str) -> None:
        with scoped(Scope.all()):
            login = reporting_logins.revoke(user=user, now=timezone.now())
        self.stdout.write(f"{login.role_name} reads nothing from now on.")
        if superuser_dsn:
            drop_role(superuser_dsn, role=login.role_name, database=_database())
        else:
            self.stdout.write(f"Its role is still there; a superuser may drop it: DROP ROLE {login.role_name};")


def _person(email: str) -> User:
    user: User | None = User.objects.staff().filter(email=email.strip().lower()).first()
    if user is None:
        raise CommandError(f"No colleague has the address {email}.")
    return user


def _database() -> str:
    return str(settings.DATABASES["default"]["NAME"])

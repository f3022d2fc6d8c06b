"""Builds a believable world to look at, through the services: `manage.py demo`."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from hub.demo.colleagues import COLLEAGUES
from hub.demo.world import build
from hub.env import env_str

DEFAULT_PASSWORD = "onboarding-demo-1"  # noqa: S105


class Command(BaseCommand):
    help = "Build the demo world: partners, customers, colleagues in all roles, and their history up to today."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.ENVIRONMENT == "prod":
            raise CommandError("The demo world has known passwords and is not built with production settings.")
        password = env_str("DEMO_PASSWORD", DEFAULT_PASSWORD)
        summary = build(password=password, now=timezone.now())
        if summary is None:
            self.stdout.write("The demo world is there already; nothing was changed.")
        else:
            self.stdout.write(
                f"The demo world is built: {summary.organizations} organizations, {summary.people} people, "
                f"{summary.assignments} assignments, {summary.contacts} contacts, {summary.interactions} interactions."
            )
        roles = " ".join(colleague.key for colleague in COLLEAGUES if colleague.key in colleague.roles)
        self.stdout.write(f"Sign in as <role>@demo.example or <role>2@demo.example: {roles} contact")
        said = "the one in DEMO_PASSWORD" if env_str("DEMO_PASSWORD", "") else DEFAULT_PASSWORD
        self.stdout.write(f"Password: {said}")

"""`manage.py first_admin EMAIL`: the first person of a new installation, with a link that sets the password once."""

from argparse import ArgumentParser
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import RoleGrant, User
from accounts.services import people


class Command(BaseCommand):
    help = "Make the first administrator and print a link to choose a password. Refuses where there is one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"].strip().lower()
        with transaction.atomic():
            if RoleGrant.objects.filter(role=Role.ADMIN, ended_at__isnull=True, user__is_active=True).exists():
                raise CommandError("There is an administrator already; ask them for an invitation.")
            user = User.objects.filter(email=email).first()
            if user is None:
                user = User.objects.create_user(email, name=options["name"] or email.split("@")[0])
            people.grant_role(user=user, role=Role.ADMIN, by=None, now=timezone.now(), source="command")
        key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
        uid, token = key.split("-", 1)
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
        self.stdout.write(f"{user.email} is administrator. Choose a password within three days at:")
        self.stdout.write(f"{settings.SITE_URL}{path}")

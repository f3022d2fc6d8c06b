"""`manage.py prepare`: migrations, shipped policies, static files, the demo world, each only when it is due.

`manage.py up` runs it before it serves, the compose file with `--database-only` before its web and workers start.
One process for all of it, since every start of Django costs more than the checks themselves.
"""

import hashlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from common.models import PolicyVersion
from common.pack_files import PackFileError, check_pack_dir
from common.scope import Scope, scoped
from common.services import policies
from hub.runtime.bootstrap import say

SHIPPED_PACKS = "policies/default"
# The note of versions that were loaded by a start. Migrations bring first versions without a note; every other
# version is somebody's own choice.
SHIPPED = "Shipped with the hub"
DEMO_MARK = "demo-world"


class Command(BaseCommand):
    help = "Bring database, policies and static files up to date; build the demo world in an empty hub."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-demo", action="store_true", help="leave an empty hub empty")
        parser.add_argument("--database-only", action="store_true", help="migrations and policies, nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        migrate()
        try:
            load_shipped_policies(settings.BASE_DIR / SHIPPED_PACKS)
        except PackFileError as error:
            raise CommandError(str(error)) from error
        if options["database_only"]:
            return
        collect_static()
        if not options["no_demo"]:
            build_demo_world()


def migrate() -> None:
    """Run the migrations that are due, as the owner role."""
    executor = MigrationExecutor(connections["owner"])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        say(f"Bringing the database up to date ({len(plan)} migrations) ...")
        call_command("migrate", database="owner", interactive=False, verbosity=0)


def load_shipped_policies(directory: Path) -> None:
    """Put the packs of this release in force where none is, or an older one of ours; never over somebody's own."""
    sources, errors = check_pack_dir(directory)
    if errors:
        raise CommandError("\n".join(str(error) for error in errors))
    with scoped(Scope.all()):
        chosen = PolicyVersion.objects.filter(is_active=True).exclude(note=SHIPPED).exclude(note="", version=1)
        own = set(chosen.values_list("name", flat=True))
        shipped = [source for source in sources if source.name not in own]
        loaded = policies.load_packs(sources=shipped, now=timezone.now(), note=SHIPPED)
        kept = policies.plan_packs(source for source in sources if source.name in own)
    for pack in loaded:
        if pack.is_new:
            say(f"Policy in force: {pack.source.name}")
    for pack in kept:
        if pack.is_new:
            say(f"Your policy {pack.source.name} differs from the shipped one: manage.py policy diff {SHIPPED_PACKS}")


def collect_static() -> None:
    """Collect, compress and fingerprint the static files, when any of them is new or changed."""
    stamp = Path(settings.STATIC_ROOT).with_name("static.stamp")
    digest = static_digest()
    if stamp.exists() and stamp.read_text() == digest and Path(settings.STATIC_ROOT).exists():
        return
    say("Collecting static files ...")
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(digest)


def static_digest() -> str:
    """Changes with the name, size or age of any static file."""
    known = hashlib.sha256()
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda found: found[0]):
            found = Path(storage.path(name)).stat()
            known.update(f"{name}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return known.hexdigest()


def build_demo_world() -> None:
    """Fill a database without people; one that has any is somebody's own. The command does all or nothing."""
    mark = Path(settings.DATA_DIR) / DEMO_MARK
    with scoped(Scope.all()):
        if get_user_model()._base_manager.exists():
            return
    say("Building the demo world (once, about a minute) ...")
    call_command("demo", verbosity=0)
    mark.touch()

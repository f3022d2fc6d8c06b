"""What `up` does inside Django before it serves: migrations, policy packs, static files, the demo world.

One process for all of it, since every start of Django costs more than the checks themselves.
"""

import argparse
import hashlib
from pathlib import Path

import django
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from hub.runtime.bootstrap import say

DEFAULT_PACK = "policies/default"
DEMO_MARK = "demo-world"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--no-demo", action="store_true")
    options = parser.parse_args()
    django.setup()
    migrate()
    if "policy" in get_commands():
        call_command("policy", "load", str(settings.BASE_DIR / DEFAULT_PACK))
    collect_static()
    if not options.no_demo:
        build_demo_world()


def migrate() -> None:
    """Run the migrations that are due, as the owner role."""
    executor = MigrationExecutor(connections["owner"])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        say(f"Bringing the database up to date ({len(plan)} migrations) ...")
        call_command("migrate", database="owner", interactive=False, verbosity=0)


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
    """Fill a database without people; one that has any is somebody's own."""
    mark = Path(settings.DATA_DIR) / DEMO_MARK
    if "demo" not in get_commands() or get_user_model()._base_manager.using("owner").exists():
        return
    say("Building the demo world (once, about a minute) ...")
    call_command("demo")
    mark.touch()


if __name__ == "__main__":
    main()

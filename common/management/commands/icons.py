"""`manage.py icons`: keep the icon sprite to the icons the product draws."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

SPRITE = Path("img/icons.svg")
MANIFEST = Path("vendor/manifest.json")
SPRITE_PACKAGE = "@tabler/icons"

_SYMBOL_ID = re.compile(r'<symbol id="([^"]+)"')
_SHAPE = re.compile(r"<(?:path|circle|rect|line|polyline|polygon)\b[^>]*/>")
_INVISIBLE = 'd="M0 0h24v24H0z"'


def symbol(name: str, *, svg: str) -> str:
    """One `<symbol>` of the sprite from an icon file of the package; raises CommandError when it draws nothing."""
    shapes = [" ".join(shape.split()) for shape in _SHAPE.findall(svg) if _INVISIBLE not in shape]
    if not shapes:
        raise CommandError(f"{name}.svg holds no shape.")
    return f'<symbol id="{name}" viewBox="0 0 24 24">{"".join(shapes)}</symbol>'


class Command(BaseCommand):
    """Rebuild static/img/icons.svg from an unpacked Tabler icons package, adding the names given."""

    help = "Adds icons to the sprite and records its hash: fetch the package with npm pack, unpack it, name the icons."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the names to add and the folder of the unpacked package."""
        parser.add_argument("names", nargs="*", help="icon names to add, as Tabler calls them")
        parser.add_argument("--package", type=Path, required=True, help="folder of the unpacked @tabler/icons package")
        parser.add_argument("--drop", nargs="*", default=[], help="icon names to take out")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the sprite and its line in the vendor manifest."""
        static_root = Path(settings.BASE_DIR) / "static"
        sprite = static_root / SPRITE
        kept = set(_SYMBOL_ID.findall(sprite.read_text())) if sprite.exists() else set()
        names = sorted((kept | set(options["names"])) - set(options["drop"]))
        symbols = []
        for name in names:
            source = options["package"] / "icons" / "outline" / f"{name}.svg"
            if not source.is_file():
                raise CommandError(f"The package has no outline icon named {name}.")
            symbols.append(symbol(name, svg=source.read_text()))
        sprite.write_text('<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n")
        record_hash(static_root, file=SPRITE)
        self.stdout.write(f"{len(names)} icons, {sprite.stat().st_size / 1024:.0f} kB")


def record_hash(static_root: Path, *, file: Path) -> None:
    """Write the SHA-256 of a vendored file into the manifest; raises CommandError when it is not listed there."""
    path = static_root / MANIFEST
    manifest = json.loads(path.read_text())
    digest = hashlib.sha256((static_root / file).read_bytes()).hexdigest()
    entries = [entry for package in manifest["packages"] for entry in package["files"] if entry["path"] == str(file)]
    if not entries:
        raise CommandError(f"{file} is not in the vendor manifest.")
    entries[0]["sha256"] = digest
    path.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")

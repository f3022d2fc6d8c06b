"""What is not ours is named, licensed and unchanged; and every icon that a page names is in the sprite."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
MANIFEST: dict[str, Any] = json.loads((STATIC / "vendor" / "manifest.json").read_text())
FILES = [file for package in MANIFEST["packages"] for file in package["files"]]
SPRITE = (STATIC / "img" / "icons.svg").read_text()
SPRITE_NAMES = set(re.findall(r'<symbol id="([^"]+)"', SPRITE))

APPS = ("accounts", "common", "partners", "tickets", "health", "reports", "hub")
ICON_IN_TEMPLATE = re.compile(r"""{%\s*icon\s+["']([\w-]+)["']|\bicon=["']([\w-]+)["']""")
ICON_IN_PYTHON = re.compile(r"""["']?\bicon["']?\s*[=:]\s*["']([\w-]+)["']""")
ICON_IN_SCRIPT = re.compile(r"""icon\("([\w-]+)"\)|ICONS = {([^}]+)}""")


def named_icons() -> dict[str, str]:
    """Every icon name written out in templates, Python and scripts, with the file that names it."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "templates").rglob("*.html")):
        for match in ICON_IN_TEMPLATE.finditer(path.read_text()):
            found[match.group(1) or match.group(2)] = str(path.relative_to(ROOT))
    for path in sorted(path for app in APPS for path in (ROOT / app).rglob("*.py")):
        for name in ICON_IN_PYTHON.findall(path.read_text()):
            found[name] = str(path.relative_to(ROOT))
    for path in sorted((STATIC / "js").glob("*.js")):
        for single, table in ICON_IN_SCRIPT.findall(path.read_text()):
            for name in [single] if single else re.findall(r'"([\w-]+)"', table):
                found[name] = str(path.relative_to(ROOT))
    return found


ICONS = named_icons()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file["path"])
def test_vendored_file_is_the_one_in_the_manifest(file: dict[str, str]) -> None:
    assert hashlib.sha256((STATIC / file["path"]).read_bytes()).hexdigest() == file["sha256"]


@pytest.mark.parametrize("package", MANIFEST["packages"], ids=lambda package: package["name"])
def test_vendored_package_names_version_and_license(package: dict[str, Any]) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", package["version"])
    assert package["license"] in {"MIT", "OFL-1.1", "Apache-2.0", "BSD-3-Clause", "ISC"}
    assert package["license_file"] in {file["path"] for file in package["files"]}


def test_nothing_lies_in_vendor_that_the_manifest_does_not_name() -> None:
    lying = {str(path.relative_to(STATIC)) for path in (STATIC / "vendor").rglob("*") if path.is_file()}
    named = {file["path"] for file in FILES if file["path"].startswith("vendor/")}
    assert lying == named | {"vendor/manifest.json"}


@pytest.mark.parametrize("name", sorted(ICONS))
def test_named_icon_is_in_the_sprite(name: str) -> None:
    assert name in SPRITE_NAMES, f"{ICONS[name]} names {name}: add it with manage.py icons"


def test_the_search_for_icons_finds_the_three_ways_of_naming_one() -> None:
    assert {"bell", "lock", "circle-check"} <= set(ICONS)


@pytest.mark.parametrize("name", ["base.css", "components.css"])
def test_colors_are_stated_in_the_tokens_alone(name: str) -> None:
    """A color beside the tokens would not follow the theme."""
    assert re.findall(r"(?<![\w-])#[0-9a-f]{3,8}\b", (STATIC / "css" / name).read_text(), re.IGNORECASE) == []


def classes(css: str) -> set[str]:
    """The class names that a style sheet has rules for."""
    return set(re.findall(r"\.([a-zA-Z][\w-]*)", re.sub(r"url\([^)]*\)|\"[^\"]*\"", "", css)))


def test_our_components_take_no_name_of_the_kit_by_chance() -> None:
    """A name that both use inherits rules that nobody sees in our files; these are the ones we restyle on purpose."""
    restyled = re.compile(r"btn|btn-(danger|link|primary|sm)|form-[\w-]+|icon(-sm|-lg)?|toast-\w+|disabled|is-invalid")
    kit = classes((STATIC / "vendor/tabler/tabler.min.css").read_text())
    ours = {name for file in ("base.css", "components.css") for name in classes((STATIC / "css" / file).read_text())}
    shared = {name for name in ours & kit if not restyled.fullmatch(name)}
    assert shared == {"page-title", "prose", "skip-link", "small", "timeline"}


@pytest.mark.parametrize("path", sorted((STATIC / "js").glob("*.js")), ids=lambda path: path.name)
def test_script_is_small_and_writes_no_markup(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 200
    assert re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text) is None

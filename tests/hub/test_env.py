"""The readers of the environment say which variable is wrong, and translate addresses."""

from collections.abc import Callable

import pytest

from hub import env
from hub.env import EnvError


@pytest.mark.parametrize(
    ("text", "answer"), [("true", True), ("1", True), ("On", True), ("no", False), ("0", False), ("OFF", False)]
)
def test_env_bool_reads_the_usual_words(monkeypatch: pytest.MonkeyPatch, text: str, answer: bool) -> None:
    monkeypatch.setenv("HUB_SWITCH", text)
    assert env.env_bool("HUB_SWITCH") is answer


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        (env.env_bool, "maybe"),
        (env.env_int, "ten"),
        (env.redis_url, "http://localhost"),
        (env.redis_url, "unix:relative.sock"),
    ],
)
def test_a_text_of_the_wrong_kind_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, reader: Callable[[str], object], text: str
) -> None:
    monkeypatch.setenv("HUB_WRONG", text)
    with pytest.raises(EnvError, match="HUB_WRONG"):
        reader("HUB_WRONG")


@pytest.mark.parametrize("reader", [env.env_required, env.env_str, env.env_bool, env.env_int, env.env_list])
@pytest.mark.parametrize("text", [None, "", "  "])
def test_a_missing_variable_without_default_is_named(
    monkeypatch: pytest.MonkeyPatch, reader: Callable[[str], object], text: str | None
) -> None:
    monkeypatch.delenv("HUB_MISSING", raising=False)
    if text is not None:
        monkeypatch.setenv("HUB_MISSING", text)
    with pytest.raises(EnvError, match="HUB_MISSING"):
        reader("HUB_MISSING")


def test_defaults_stand_in_for_what_is_unset_or_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_EMPTY", " ")
    assert env.env_str("HUB_EMPTY", "x") == "x"
    assert env.env_bool("HUB_EMPTY", True) is True
    assert env.env_int("HUB_EMPTY", 7) == 7
    assert env.env_list("HUB_EMPTY", ["a"]) == ["a"]


def test_a_list_is_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_LIST", " a.example , b.example,, ")
    assert env.env_list("HUB_LIST") == ["a.example", "b.example"]


DATABASES = [
    ("postgresql://u:p%40ss@db.example:5433/hub", ("u", "p@ss", "db.example", "5433", "hub", {})),
    ("postgres://u@db/hub?sslmode=require", ("u", "", "db", "", "hub", {"sslmode": "require"})),
    ("postgresql:///hub?host=/run/pg&user=hub_app", ("hub_app", "", "/run/pg", "", "hub", {})),
    ("postgresql:///?dbname=hub&host=/run/pg&port=5433&password=s", ("", "s", "/run/pg", "5433", "hub", {})),
]


@pytest.mark.parametrize(("url", "expected"), DATABASES)
def test_database_addresses_of_hosts_and_sockets(url: str, expected: tuple[object, ...]) -> None:
    config = env.database_config(url)
    assert tuple(config[key] for key in ("USER", "PASSWORD", "HOST", "PORT", "NAME", "OPTIONS")) == expected


@pytest.mark.parametrize("url", ["mysql://u@h/d", "hub", "postgresql://u@h:5432/"])
def test_an_address_of_no_postgresql_database_is_refused(url: str) -> None:
    with pytest.raises(EnvError):
        env.database_config(url)


@pytest.mark.parametrize(
    ("redis", "kombu"),
    [
        ("redis://cache:6379/2", "redis://cache:6379/2"),
        ("unix:///run/broker.sock?db=3", "redis+socket:///run/broker.sock?virtual_host=3"),
        ("unix:///run/broker.sock", "redis+socket:///run/broker.sock?virtual_host=0"),
        ("unix:///b.sock?db=0&password=s", "redis+socket:///b.sock?password=s&virtual_host=0"),
    ],
)
def test_kombu_gets_its_own_form_of_the_same_server(redis: str, kombu: str) -> None:
    assert env.kombu_url(redis) == kombu


@pytest.mark.parametrize(
    ("url", "other"),
    [("redis://h:6379/0", "redis://h:6379/1"), ("redis://h", "redis://h/1"), ("unix:///s?db=0", "unix:///s?db=1")],
)
def test_another_database_of_the_same_redis(url: str, other: str) -> None:
    assert env.with_redis_db(url, 1) == other

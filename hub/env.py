"""Typed readers for environment variables: the one place where the outside configuration comes in.

Every reader names the variable in its error, so that a wrong deployment says at once which line to mend.
No Django here: the settings read through this module, and so does the runtime that starts them.
"""

import os
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off", ""})
_POSTGRES_SCHEMES = frozenset({"postgresql", "postgres"})
_REDIS_SCHEMES = frozenset({"redis", "rediss", "unix"})


class EnvError(RuntimeError):
    """An environment variable is missing or cannot be read; the message names it."""


class _Required:
    """Marks a reader's default as "none: the variable must be set"."""


REQUIRED = _Required()


def _raw(name: str) -> str | None:
    value = os.environ.get(name)
    return None if value is None or value.strip() == "" else value.strip()


def _missing(name: str) -> EnvError:
    return EnvError(f"The environment variable {name} is not set. docs/configuration.md says what it holds.")


def env_required(name: str) -> str:
    """The text of a variable that has no sensible default. Raises EnvError when it is missing or empty."""
    value = _raw(name)
    if value is None:
        raise _missing(name)
    return value


def env_str(name: str, default: str | None = None) -> str:
    """The text of a variable, stripped; `default` when unset or empty. Raises EnvError when there is no default."""
    value = _raw(name)
    if value is not None:
        return value
    if default is None:
        raise _missing(name)
    return default


def env_bool(name: str, default: bool | None = None) -> bool:
    """True for 1/true/yes/on, False for 0/false/no/off. Raises EnvError for others, or when unset without default."""
    value = _raw(name)
    if value is None:
        if default is None:
            raise _missing(name)
        return default
    if value.lower() in _TRUE:
        return True
    if value.lower() in _FALSE:
        return False
    raise EnvError(f"{name} must be one of true, false, 1, 0, yes, no, on, off; it is {value!r}.")


def env_int(name: str, default: int | None = None) -> int:
    """A whole number. Raises EnvError when it is none, or when unset without default."""
    value = _raw(name)
    if value is None:
        if default is None:
            raise _missing(name)
        return default
    try:
        return int(value)
    except ValueError:
        raise EnvError(f"{name} must be a whole number; it is {value!r}.") from None


def env_list(name: str, default: list[str] | None = None) -> list[str]:
    """Comma-separated texts, stripped, empty ones dropped. Raises EnvError when unset without default."""
    value = _raw(name)
    if value is None:
        if default is None:
            raise _missing(name)
        return list(default)
    return [part.strip() for part in value.split(",") if part.strip()]


def database_config(url: str) -> dict[str, Any]:
    """Django's connection settings for a PostgreSQL address.

    Takes `postgresql://user:password@host:port/name` and, for Unix sockets, `postgresql:///name?host=/dir&user=name`.
    Query parameters other than host, port, user and password go to libpq as they are (sslmode, connect_timeout).
    Raises EnvError for another scheme or when the name of the database is missing.
    """
    parts = urlsplit(url)
    if parts.scheme not in _POSTGRES_SCHEMES:
        raise EnvError(
            f"A database address starts with postgresql://; this one starts with {parts.scheme or url[:12]!r}."
        )
    options = dict(parse_qsl(parts.query))
    name = unquote(parts.path.lstrip("/")) or options.pop("dbname", "")
    if not name:
        raise EnvError("The database address names no database: postgresql://user:password@host:port/NAME")
    host, user = options.pop("host", ""), options.pop("user", "")
    port, password = options.pop("port", ""), options.pop("password", "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or "") or user,
        "PASSWORD": unquote(parts.password or "") or password,
        "HOST": unquote(parts.hostname or "") or host,
        "PORT": str(parts.port or "") or port,
        "OPTIONS": options,
    }


def check_redis_url(name: str, url: str) -> str:
    """The address itself when redis-py can read it. Raises EnvError that names the variable otherwise."""
    parts = urlsplit(url)
    if parts.scheme not in _REDIS_SCHEMES:
        raise EnvError(
            f"{name} starts with redis://, rediss:// or unix://; it starts with {parts.scheme or url[:12]!r}."
        )
    if parts.scheme == "unix" and not parts.path.startswith("/"):
        raise EnvError(f"{name} must name a socket by its full path: unix:///run/valkey.sock?db=0")
    return url


def redis_url(name: str, default: str | None = None) -> str:
    """A Redis address for redis-py (`redis://host:port/0`, `unix:///path?db=0`). Raises EnvError when unusable."""
    return check_redis_url(name, env_str(name, default))


def with_redis_db(url: str, db: int) -> str:
    """The same Redis server, another numbered database."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        query = {**dict(parse_qsl(parts.query)), "db": str(db)}
        return f"unix://{parts.netloc}{parts.path}?{urlencode(query)}"
    return parts._replace(path=f"/{db}").geturl()


def kombu_url(redis_address: str) -> str:
    """The broker address kombu wants for the server redis-py reaches at `redis_address`.

    Only sockets differ: `unix:///path?db=0` becomes `redis+socket:///path?virtual_host=0`.
    """
    parts = urlsplit(redis_address)
    if parts.scheme != "unix":
        return redis_address
    query = dict(parse_qsl(parts.query))
    query["virtual_host"] = query.pop("db", "0")
    return f"redis+socket://{parts.netloc}{parts.path}?{urlencode(query)}"

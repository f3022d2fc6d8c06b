"""The embedded servers together: database, broker, cache, on sockets in one private folder."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hub.runtime import paths, provision
from hub.runtime.postgres import Postgres
from hub.runtime.valkey import BROKER, CACHE, Valkey

DATABASE = "hub"


@dataclass(frozen=True, kw_only=True)
class Needs:
    """Which of the servers must be ours: those the environment names no address for."""

    database: bool
    redis: bool

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> "Needs":
        return cls(database=not environ.get("DATABASE_URL"), redis=not environ.get("REDIS_URL"))


class Servers:
    """Database first, then broker and cache; stopped the other way round."""

    def __init__(self, *, data: Path, sockets: Path, logs: Path, needs: Needs, throwaway: bool = False) -> None:
        self.needs, self.sockets, self.throwaway = needs, sockets, throwaway
        self.postgres = Postgres(
            directory=data / "postgres", sockets=sockets, log=logs / "database.log", throwaway=throwaway
        )
        self.broker = Valkey(
            name="broker",
            directory=data / "broker",
            socket=sockets / "broker.sock",
            log=logs / "broker.log",
            arguments=CACHE if throwaway else BROKER,
        )
        self.cache = Valkey(
            name="cache",
            directory=data / "cache",
            socket=sockets / "cache.sock",
            log=logs / "cache.log",
            arguments=CACHE,
        )

    def start(self) -> None:
        """Start what is needed and provision the database. Raises ServiceError; nothing is left running then."""
        paths.private_dir(self.sockets)
        try:
            if self.needs.database:
                self.postgres.start()
                provision.provision(self.postgres.superuser_dsn, database=DATABASE, scratch_databases=self.throwaway)
            if self.needs.redis:
                self.broker.start()
                self.cache.start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        self.cache.stop()
        self.broker.stop()
        self.postgres.stop()

    def down(self) -> list[Postgres | Valkey]:
        """Those that are ours and have ended by themselves."""
        database: list[Postgres | Valkey] = [self.postgres] if self.needs.database else []
        redis: list[Postgres | Valkey] = [self.broker, self.cache] if self.needs.redis else []
        return [server for server in database + redis if not server.is_running]

    def logs(self) -> list[Path]:
        return [self.postgres.log, self.broker.log, self.cache.log]

    def answers(self) -> bool:
        """Whether every server that is ours can be reached, whoever started it."""
        database = not self.needs.database or self.postgres.answers()
        return database and (not self.needs.redis or (self.broker.answers() and self.cache.answers()))

    def environment(self) -> dict[str, str]:
        """The variables under which settings find these servers."""
        found: dict[str, str] = {}
        if self.needs.database:
            found["DATABASE_URL"] = self.postgres.dsn(user=provision.APP, database=DATABASE)
            found["DATABASE_OWNER_URL"] = self.postgres.dsn(user=provision.OWNER, database=DATABASE)
        if self.needs.redis:
            found["REDIS_URL"] = self.broker.url
            found["CACHE_URL"] = self.cache.url
        return found


def kept_servers(data: Path | None = None) -> Servers:
    """The servers of this installation, as the environment leaves them to us (not started)."""
    place = data or paths.data_dir()
    return Servers(data=place, sockets=paths.socket_dir(place), logs=place / "log", needs=Needs.of(os.environ))

"""Which connection a query takes: the application role always; `owner` is chosen by name (migrate, backup)."""

from typing import Any


class OwnerRouter:
    """Both aliases are the same database, so objects of either may relate."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return "default"

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return "default"

    def allow_relation(self, obj1: Any, obj2: Any, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return True

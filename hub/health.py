"""Health (the process lives) and readiness (it can serve: database and broker answer)."""

import json

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpResponse


def health_answer(path: str) -> HttpResponse | None:
    """The answer to a probe, or None when `path` is no probe. 503 names the part that does not answer."""
    if path == "/healthz":
        return _json({"status": "ok"}, 200)
    if path == "/readyz":
        parts = {"database": _database_answers(), "broker": _redis_answers(settings.REDIS_URL)}
        ready = all(parts.values())
        return _json({"status": "ok" if ready else "unavailable", **parts}, 200 if ready else 503)
    return None


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _redis_answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def _json(body: dict[str, object], status: int) -> HttpResponse:
    return HttpResponse(json.dumps(body), status=status, content_type="application/json")

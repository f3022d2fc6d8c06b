"""Examples of articles in the API's description."""

from drf_spectacular.utils import OpenApiExample

_ROW = {
    "id": "0198f1a2-7c10-7b52-8d21-53b1a9d0c6f7",
    "slug": "reset-a-password",
    "title": "Reset a password",
    "summary": "How somebody comes in again who has forgotten theirs.",
    "category": "signing-in",
    "audience": "public",
    "language": "en",
    "languages": ["de", "en"],
    "state": "published",
    "owner_id": "0198f1a2-7c11-7d3e-9a55-2f6d1c0b8e41",
    "owner_name": "Sue Tanaka",
    "review_days": 180,
    "review_due_on": "2026-08-29",
    "reviewed_on": "2026-03-02",
    "published_at": "2026-03-02T09:30:00Z",
    "retired_at": None,
    "views": 41,
    "helpful": 9,
    "unhelpful": 1,
    "version": 4,
}
_TEXT = {"language": "en", "title": "Reset a password", "summary": "", "body": "Choose **Forgotten** and wait."}

ARTICLES = OpenApiExample("A published article", response_only=True, value=_ROW)
NEW = OpenApiExample("A draft", request_only=True, value={**_TEXT, "audience": "public", "category": "signing-in"})
TEXT = OpenApiExample("A text in one language", request_only=True, value=_TEXT)
FACTS = OpenApiExample("For partners from now on", request_only=True, value={"audience": "partner"})
LANGUAGE = OpenApiExample("The German draft", request_only=True, value={"language": "de"})

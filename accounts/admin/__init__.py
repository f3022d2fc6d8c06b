"""People in the administration site. Every save goes through the use cases, as the person who is signed in."""

from accounts.admin import keys, people, teams, training  # noqa: F401

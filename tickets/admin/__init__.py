"""What the administration site shows of tickets and of what surrounds them."""

from tickets.admin import drills, incidents, quality  # noqa: F401 - registers its models

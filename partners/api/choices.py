"""Closed lists of roles as the API and its description name them."""

from accounts.choices import ASSIGNMENT_ROLES, OWNER_ROLES

ASSIGNMENT_ROLE_CHOICES = [(str(role), str(role)) for role in sorted(ASSIGNMENT_ROLES)]
OWNER_ROLE_CHOICES = [(str(role), str(role)) for role in sorted(OWNER_ROLES)]

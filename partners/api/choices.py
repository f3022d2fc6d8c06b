"""Closed lists of roles as the API and its description name them."""

from accounts.choices import ASSIGNMENT_ROLES, OWNER_ROLES
from partners.rules.capacity import Band

ASSIGNMENT_ROLE_CHOICES = [(str(role), str(role)) for role in sorted(ASSIGNMENT_ROLES)]
LOAD_BAND_CHOICES = [(band.value, band.value) for band in Band]
OWNER_ROLE_CHOICES = [(str(role), str(role)) for role in sorted(OWNER_ROLES)]

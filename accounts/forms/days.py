"""Days that forms accept: the ends of the calendar overflow where a day is counted on or a time zone is applied."""

from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator

SENSIBLE_DAYS = (MinValueValidator(date(1900, 1, 1)), MaxValueValidator(date(2199, 12, 31)))

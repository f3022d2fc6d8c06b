"""What a field of an import is: its name and label, how a cell of it is read, where it is staged."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partners.rules import import_values as values
from partners.rules.import_values import Options

Reader = Callable[[str, Options], Any]
Choices = Sequence[tuple[str, str | Promise]]


@dataclass(frozen=True, kw_only=True)
class ImportField:
    """One field. `column_type` is the SQL type of its staging column; an empty cell is `default` unless `required`.

    `may_be_same`: offered on the page as one value for all rows. `is_amount`: a mapping may multiply it.
    """

    name: str
    label: str | Promise
    read: Reader
    column_type: str = "text"
    required: bool = False
    aliases: tuple[str, ...] = ()
    default: Any = None
    choices: Choices = ()
    may_be_same: bool = False

    @property
    def is_amount(self) -> bool:
        return self.column_type.startswith("numeric")


@dataclass(frozen=True, kw_only=True)
class ImportKind:
    """What a file may hold."""

    key: str
    label: str | Promise
    fields: tuple[ImportField, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)

    @property
    def amounts(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields if field.is_amount)

    @property
    def aliases(self) -> dict[str, tuple[str, ...]]:
        """By which names a column is taken for a field: those it is known by, and its own label."""
        return {field.name: (*field.aliases, str(field.label)) for field in self.fields}

    def field(self, name: str) -> ImportField:
        """Raises KeyError for a name that the kind has not."""
        return {field.name: field for field in self.fields}[name]


def text(limit: int) -> Reader:
    """A text of at most `limit` characters."""
    return lambda cell, options: values.as_text(cell, limit=limit)


def choice(choices: Choices) -> Reader:
    """One of `choices`, by its value or by its label in the language of the run."""
    return lambda cell, options: values.as_choice(cell, {value: str(label) for value, label in choices})


def code(length: int) -> Reader:
    """A code of `length` letters."""
    return lambda cell, options: values.as_code(cell, length=length)


def count(largest: int) -> Reader:
    """A whole number from 0 to `largest`."""
    return lambda cell, options: values.as_count(cell, largest=largest)


def email(cell: str, options: Options) -> str:
    return values.as_email(cell)


def website(cell: str, options: Options) -> str:
    return values.as_website(cell)


def timezone(cell: str, options: Options) -> str:
    return values.as_timezone(cell)


def percent(cell: str, options: Options) -> int:
    return values.as_percent(cell, options)


def yes_or_no(cell: str, options: Options) -> bool:
    return values.as_flag(cell)


AMOUNT = "numeric(16,2)"
SOURCE = ImportField(name="source", label=_("Source"), read=text(60), default="", may_be_same=True)
ORGANIZATION_REF = (
    ImportField(
        name="organization_key",
        label=_("Organization's external key"),
        read=text(120),
        aliases=(
            "customer_id",
            "account_id",
            "organization id",
            "company id",
            "external key",
            "associated company ids (primary)",
        ),
    ),
    ImportField(
        name="organization_name",
        label=_("Organization's name"),
        read=text(200),
        aliases=(
            "organization",
            "company",
            "account",
            "customer",
            "partner",
            "account name",
            "company name",
            "associated company",
        ),
    ),
    SOURCE,
)

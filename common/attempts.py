"""From what a use case refuses to what a page answers: a form error, 403 or 404."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404

from common.errors import DomainError, Missing, NotAllowed

Result = TypeVar("Result")


def attempt(form: forms.BaseForm | None, use_case: Callable[..., Result], **arguments: Any) -> Result | None:
    """Run a use case; what it refuses goes to the form, at its field where the form has it. None means refused.

    Raises PermissionDenied and Http404 where the right or the object is missing, and DomainError without a form.
    """
    try:
        return use_case(**arguments)
    except NotAllowed as error:
        raise PermissionDenied(error.message) from error
    except Missing as error:
        raise Http404 from error
    except DomainError as error:
        if form is None:
            raise
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return None

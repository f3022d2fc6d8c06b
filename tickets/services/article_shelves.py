"""Use cases of the categories of articles."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import DomainError, NotAllowed
from tickets import article_permissions
from tickets.models import ArticleCategory


@transaction.atomic
def add_category(*, by: Actor, name: str, now: datetime) -> ArticleCategory:
    """Add a shelf at the end. Raises NotAllowed, DomainError ("name") for one that there is."""
    if not article_permissions.can_write(by):
        raise NotAllowed(_("Articles are written by those who answer contacts."))
    name = " ".join(name.replace("\0", "").split())[:120]
    key = slugify(name)[:60]
    if not key:
        raise DomainError(_("Give the category a name with Latin letters."), field="name")
    if ArticleCategory.objects.filter(key=key).exists():
        raise DomainError(_("There is such a category."), field="name", code="taken")
    last = ArticleCategory.objects.aggregate(last=Max("position"))["last"]
    row = ArticleCategory.objects.create(key=key, name=name, position=0 if last is None else last + 1)
    activity.record(verb="article_category.added", target=row, now=now, actor_id=by.user_id, actor_name=by.name)
    return row

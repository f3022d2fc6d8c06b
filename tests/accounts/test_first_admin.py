"""The first administrator of a new installation."""

import io
import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User


@pytest.mark.django_db
def test_the_first_administrator_chooses_a_password_by_link(client: Client) -> None:
    out = io.StringIO()
    call_command("first_admin", "Ada@vendor.example", name="Ada", stdout=out)
    user = User.objects.get(email="ada@vendor.example")
    assert user.current_roles() == {"admin"}
    assert not user.has_usable_password()
    path = re.search(r"http://[^/]+(/\S+)", out.getvalue())
    assert path
    assert client.get(path.group(1), follow=True).status_code == 200
    with pytest.raises(CommandError, match="already"):
        call_command("first_admin", "second@vendor.example", stdout=io.StringIO())

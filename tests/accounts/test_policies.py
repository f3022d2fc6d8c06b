"""Who is let into a page and into an endpoint, by kind of rule and person. The actor stands on the request."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.test import RequestFactory
from django.urls import include, path
from django.utils.decorators import method_decorator
from django.views.generic import View
from rest_framework.exceptions import PermissionDenied as ApiPermissionDenied
from rest_framework.request import Request

from accounts.api.permissions import HasCapability, StaffOnly
from accounts.policies import (
    AccessRule,
    CapabilityMissing,
    RuleKind,
    admin_page,
    capability_required,
    portal_page,
    public_page,
    signed_in_page,
    staff_page,
)
from accounts.rules.access import Actor, empty_policy
from tests.accounts.access_world import contact, staff


def page(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """The page behind the rule."""
    return HttpResponse("in")


urlpatterns = [path("accounts/", include(([path("no-role/", page, name="no_role")], "accounts")))]
pytestmark = pytest.mark.urls(__name__)

ANONYMOUS = Actor(
    user_id=None,
    name="",
    audience="anonymous",
    roles=frozenset(),
    led_user_ids=frozenset(),
    organization_id=None,
    policy=empty_policy(),
)
CAST: dict[str, Actor] = {
    "nobody": ANONYMOUS,
    "no role": staff(),
    "tam": staff("tam"),
    "sales": staff("sales"),
    "pam": staff("pam"),
    "admin": staff("admin"),
    "contact": contact(7),
    "contact of none": contact(None),
}
RULES: dict[str, Any] = {
    "public": public_page,
    "signed in": signed_in_page,
    "staff": staff_page,
    "create": capability_required("create_partner"),
    "either": capability_required("assign_owners", "assign_owners_own"),
    "portal": portal_page,
    "admin": admin_page,
}
# In CAST's order: in, login, no-role (redirects), 404, 403.
EXPECTED = {
    "public": "in in in in in in in in",
    "signed in": "login in in in in in in in",
    "staff": "login no-role in in in in 404 404",
    "create": "login no-role 403 403 in in 404 404",
    "either": "login no-role 403 403 in in 404 404",
    "portal": "login 404 404 404 404 404 in no-role",
    "admin": "login no-role 403 403 403 in 404 404",
}


@pytest.fixture(autouse=True)
def sign_in_page(settings: Any) -> None:
    settings.LOGIN_URL = "/sign-in/"


def ask(view: Any, actor: Actor, url: str = "/partners/7/?tab=plan", **headers: str) -> HttpResponseBase:
    request = RequestFactory().get(url, headers=headers)
    request.actor = actor  # type: ignore[attr-defined]
    answer: HttpResponseBase = view(request)
    return answer


def outcome(view: Any, actor: Actor) -> str:
    try:
        answer = ask(view, actor)
    except Http404:
        return "404"
    except PermissionDenied:
        return "403"
    if answer.status_code == 302:
        return "no-role" if answer["Location"] == "/accounts/no-role/" else "login"
    return "in"


@pytest.mark.parametrize("rule", RULES)
def test_who_is_let_in(rule: str) -> None:
    view = RULES[rule](page)
    assert [outcome(view, actor) for actor in CAST.values()] == EXPECTED[rule].split()


def test_sign_in_comes_back_to_the_page_with_its_query() -> None:
    assert ask(staff_page(page), ANONYMOUS)["Location"] == "/sign-in/?next=/partners/7/%3Ftab%3Dplan"


def test_the_api_is_answered_and_not_sent_to_a_form() -> None:
    answer = ask(staff_page(page), ANONYMOUS, "/api/v1/schema/")
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")


@pytest.mark.parametrize(
    ("current", "back"),
    [
        ("http://testserver/partners/?kind=partner", "%2Fpartners%2F%3Fkind%3Dpartner"),
        ("http://evil.example/partners/", "%2F"),
        ("", "%2F"),
    ],
)
def test_htmx_leaves_the_whole_page_for_sign_in(current: str, back: str) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": current}
    answer = ask(staff_page(page), ANONYMOUS, "/partners/rows/", **headers)
    assert (answer.status_code, answer["HX-Redirect"]) == (401, f"/sign-in/?next={back}")


@pytest.mark.parametrize(("rule", "person"), [("staff", "no role"), ("portal", "contact of none")])
def test_htmx_leaves_the_whole_page_where_nothing_is_open(rule: str, person: str) -> None:
    answer = ask(RULES[rule](page), CAST[person], "/partners/rows/", **{"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (403, "/accounts/no-role/")


def test_the_stamp_tells_the_rule_and_keeps_the_name() -> None:
    view: Any = capability_required("create_partner")(page)
    assert view.access_rule == AccessRule(kind=RuleKind.CAPABILITY, capabilities=frozenset({"create_partner"}))
    assert (view.__name__, view.__doc__) == ("page", page.__doc__)


def test_a_class_view_carries_the_stamp_and_the_rule() -> None:
    @method_decorator(staff_page, name="dispatch")
    class Board(View):
        def get(self, request: HttpRequest) -> HttpResponse:
            return HttpResponse("in")

    view: Any = Board.as_view()
    assert view.access_rule == AccessRule(kind=RuleKind.STAFF)
    assert outcome(view, CAST["tam"]) == "in"
    assert outcome(view, CAST["contact"]) == "404"


def test_a_refusal_says_what_right_is_missing() -> None:
    with pytest.raises(CapabilityMissing) as refused:
        ask(capability_required("create_partner", "create_customer")(page), staff("tam"))
    assert str(refused.value) == "This is for people who may create customer accounts or create partners."


@pytest.mark.parametrize("names", [(), ("fly",), ("create_partner", "fly")])
def test_a_rule_names_capabilities_that_exist(names: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="capabilit"):
        capability_required(*names)


def test_without_the_middleware_nobody_is_let_in() -> None:
    with pytest.raises(ImproperlyConfigured):
        public_page(page)(RequestFactory().get("/"))


# The API -------------------------------------------------------------------------------------------------------------

VIEW: Any = SimpleNamespace(required_capabilities={"create": ("create_partner",), "delete": ("delete_organization",)})


def call(
    permission: Any, actor: Actor, method: str = "GET", action: str | None = None, token: str | None = None
) -> str:
    inner = RequestFactory().generic(method, "/api/v1/organizations/")
    inner.actor = actor  # type: ignore[attr-defined]
    request = Request(inner)
    request.auth = None if token is None else SimpleNamespace(scope=token)
    VIEW.action = action
    try:
        return "in" if permission().has_permission(request, VIEW) else "no"
    except Http404:
        return "404"
    except (PermissionDenied, ApiPermissionDenied):
        return "403"


def test_endpoints_are_for_colleagues_with_a_role() -> None:
    outcomes = [call(StaffOnly, actor) for actor in CAST.values()]
    assert outcomes == ["no", "403", "in", "in", "in", "in", "404", "404"]


@pytest.mark.parametrize(
    ("method", "token", "expected"),
    [
        ("GET", None, "in"),
        ("POST", None, "in"),
        ("GET", "read", "in"),
        ("HEAD", "read", "in"),
        ("POST", "read", "403"),
        ("PATCH", "read", "403"),
        ("DELETE", "read", "403"),
        ("POST", "write", "in"),
        ("POST", "odd", "403"),
    ],
)
def test_a_read_token_never_writes(method: str, token: str | None, expected: str) -> None:
    assert call(StaffOnly, staff("admin"), method, token=token) == expected


@pytest.mark.parametrize(
    ("role", "method", "action", "expected"),
    [
        ("tam", "GET", "list", "in"),
        ("tam", "POST", "create", "403"),
        ("pam", "POST", "create", "in"),
        ("pam", "DELETE", None, "403"),
        ("admin", "DELETE", None, "in"),
        ("admin", "POST", "merge", "no"),
    ],
)
def test_actions_by_capability(role: str, method: str, action: str | None, expected: str) -> None:
    assert call(HasCapability, staff(role), method, action) == expected


def test_a_read_token_stays_a_read_token_with_every_capability() -> None:
    assert call(HasCapability, staff("admin"), "POST", "create", token="read") == "403"

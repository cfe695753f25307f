"""What people do with a second factor in front of a console."""

from base64 import b32decode
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django_otp.oath import TOTP

from tenants import identity
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.operators import two_factor
from tests.console.conftest import PASSWORD, browser

PAGE, CODE, SECURITY = "/admin/two-factor/", "/admin/login/code/", "/admin/security/"
STEP = timedelta(seconds=30)


def code_of(secret: str) -> str:
    """What the app shows at this moment."""
    return f"{TOTP(b32decode(secret)).token():06}"


def begun(client: Client) -> str:
    """The secret that the page shows."""
    page = client.post(PAGE, {"act": "start", "password": PASSWORD}, follow=True)
    secret: str = page.context["secret"]
    assert secret.encode() in page.content
    return secret


def confirmed(secret: str) -> dict[str, str]:
    """The form that switches it on."""
    return {"act": "confirm", "code": code_of(secret)}


def set_up(client: Client, clock: Any) -> tuple[str, list[str]]:
    """The secret and the recovery codes, of a second factor that is on."""
    secret = begun(client)
    page = client.post(PAGE, confirmed(secret))
    assert page.status_code == 200
    codes: list[str] = page.context["codes"]
    clock.shift(STEP)
    return secret, codes


def half_way(host: str = "acme.localhost", username: str = "olga", **more: str) -> Client:
    """A browser after the password."""
    client = browser(host)
    form = {"username": username, "password": PASSWORD, **more}
    answer = client.post("/admin/login/", form)
    assert (answer.status_code, answer.headers.get("Location")) == (302, CODE)
    return client


def is_in(client: Client) -> bool:
    return bool(client.get("/admin/").status_code == 200)


def two_factor_is_on(name: str) -> bool:
    with in_tenant(identity.by_name(name)):
        return two_factor.is_on(User.objects.get(username="olga").pk)


def require(tenant: TenantIdentity) -> None:
    two_factor.require(tenant.id, wanted=True)

"""Where the platform's endpoints stand below /api/platform/v1/."""

from django.urls import path

from signalbus.platform_api import document
from signalbus.platform_api.acts import Delete, Keep, Resume, Suspend
from signalbus.platform_api.domains import Domains, OneDomain
from signalbus.platform_api.keys import Keys, OneKey
from signalbus.platform_api.tenants import OneTenant, Tenants

TENANT = "tenants/<str:tenant>"

urlpatterns = [
    path("openapi.json", document.Document.as_view(), name="platform-openapi"),
    path("docs", document.SwaggerPage.as_view(), name="platform-docs"),
    path("redoc", document.RedocPage.as_view(), name="platform-redoc"),
    path("tenants", Tenants.as_view(), name="platform-tenants"),
    path(TENANT, OneTenant.as_view(), name="platform-tenant"),
    path(f"{TENANT}/suspend", Suspend.as_view(), name="platform-tenant-suspend"),
    path(f"{TENANT}/resume", Resume.as_view(), name="platform-tenant-resume"),
    path(f"{TENANT}/delete", Delete.as_view(), name="platform-tenant-delete"),
    path(f"{TENANT}/keep", Keep.as_view(), name="platform-tenant-keep"),
    path(f"{TENANT}/domains", Domains.as_view(), name="platform-domains"),
    path(f"{TENANT}/domains/<str:domain>", OneDomain.as_view(), name="platform-domain"),
    path(f"{TENANT}/api-keys", Keys.as_view(), name="platform-keys"),
    path(f"{TENANT}/api-keys/<uuid:id>", OneKey.as_view(), name="platform-key"),
]

"""Where this part's endpoints stand below /api/v1/."""

from django.urls import path

from tenants.api.audit import AuditLog
from tenants.api.views import ApiKeys, OneApiKey

urlpatterns = [
    path("audit-log", AuditLog.as_view(), name="audit-log"),
    path("api-keys", ApiKeys.as_view(), name="api-keys"),
    path("api-keys/<uuid:id>", OneApiKey.as_view(), name="api-key"),
]

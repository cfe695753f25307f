"""Where the template endpoints stand below /api/v1/."""

from django.urls import path

from templates_app.api.preview import TemplatePreview
from templates_app.api.versions import VersionList, VersionPublish
from templates_app.api.views import TemplateItem, TemplateList

urlpatterns = [
    path("templates", TemplateList.as_view(), name="templates"),
    path("templates/<str:name>", TemplateItem.as_view(), name="template"),
    path("templates/<str:name>/versions", VersionList.as_view(), name="template-versions"),
    path(
        "templates/<str:name>/versions/<uuid:id>/publish",
        VersionPublish.as_view(),
        name="template-version-publish",
    ),
    path("templates/<str:name>/preview", TemplatePreview.as_view(), name="template-preview"),
]

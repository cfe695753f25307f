"""The API's beginning and its documents, at /api/v1/ and below; they need no key."""

from django.urls import path

from signalbus.api import documents

urlpatterns = [
    path("", documents.Index.as_view(), name="index"),
    path("openapi.json", documents.Document.as_view(), name="openapi"),
    path("docs", documents.SwaggerPage.as_view(), name="docs"),
    path("redoc", documents.RedocPage.as_view(), name="redoc"),
    path("errors", documents.ErrorsPage.as_view(), name="errors"),
]

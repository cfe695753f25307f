"""Policies with their channels."""

from typing import Any

from django.contrib import admin
from django.db import connection, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from unfold.admin import TabularInline

from notifications import policies
from notifications.admin.policy_form import LABELS, RETRY, ChannelFormSet, PolicyForm
from notifications.admin.send_test import SendTest
from notifications.models import Policy, PolicyChannel
from signalbus.panels.bases import Panel
from signalbus.panels.words import ago, code, facts, label, labels


class ChannelInline(TabularInline):
    """What is sent, in this order."""

    model = PolicyChannel
    formset = ChannelFormSet
    fields = ("channel", "template", "position", "fallback")
    extra = 0
    min_num = 1
    hide_title = True  # the row itself says which channel it is
    verbose_name_plural = "Channels"


class PolicyPanel(SendTest, Panel):
    """What is to happen when something of a topic happened to somebody."""

    list_display = ("shown_topic", "description", "channels", "shown_priority", "state", "changed")
    list_display_links = ("shown_topic",)
    list_filter = ("enabled", "priority")
    search_fields = ("topic__istartswith",)
    search_help_text = "The beginning of a topic"
    form = PolicyForm
    saved_too = ("retry",)
    fieldsets = (
        (None, {"fields": ("topic", "description", "priority", "enabled")}),
        ("Trying again", {"fields": RETRY}),
        ("Making sure that it arrives", {"fields": ("watch_seconds", "overrides")}),
    )
    inlines = (ChannelInline,)
    change_form_template = "console/policy.html"
    empty_title = "No policy yet"
    empty_text = "A policy says which channels and templates a topic such as order.shipped uses."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Policy]:
        return super().get_queryset(request).prefetch_related("channels__template")

    def get_fieldsets(self, request: HttpRequest, obj: Policy | None = None) -> Any:
        """For those who may only look, what the form's inputs would hold."""
        sets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return sets
        return [sets[0], (sets[1][0], {"fields": ("shown_retry",)}), *sets[2:]]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.send_test)
        own = path("send-test/", view, name="notifications_policy_send_test")
        return [own, *super().get_urls()]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        schema = connection.schema_name  # type: ignore[attr-defined]
        transaction.on_commit(lambda: policies.forget(schema))

    @admin.display(description="What differs from the channel's rule")
    def shown_retry(self, row: Policy) -> str:
        return facts((LABELS[name][0], figure) for name, figure in row.retry.items())

    @admin.display(description="Topic", ordering="topic")
    def shown_topic(self, row: Policy) -> str:
        return code(row.topic)

    @admin.display(description="Channels")
    def channels(self, row: Policy) -> str:
        return labels(each.channel for each in row.channels.all())

    @admin.display(description="Priority", ordering="priority")
    def shown_priority(self, row: Policy) -> str:
        return label(row.priority)

    @admin.display(description="State", ordering="enabled")
    def state(self, row: Policy) -> str:
        return label("enabled" if row.enabled else "disabled")

    @admin.display(description="Changed", ordering="updated_at")
    def changed(self, row: Policy) -> str:
        return ago(row.updated_at)


admin.site.register(Policy, PolicyPanel)

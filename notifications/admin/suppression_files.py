"""The console's pages of the whole list as a file: export, import, what is wrong with one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminRadioSelectWidget

from notifications.api.suppression_files import csv_answer
from notifications.models import Suppression
from notifications.suppression_files import export, import_csv
from signalbus.api.problems import PointedError, Problem
from signalbus.panels.modes import mode_of
from tenants.models import Mode

LARGEST = 8 * 1024 * 1024  # bytes, as of the API


class ImportForm(forms.Form):
    """A file, and the mode whose list takes it."""

    file = forms.FileField(
        label="CSV file",
        widget=UnfoldAdminFileFieldWidget({"accept": ".csv,text/csv"}),
        help_text="With the columns channel and address; also reason, note and expires_at.",
    )
    mode = forms.ChoiceField(
        choices=[(Mode.LIVE, "Live"), (Mode.TEST, "Test")],
        initial=Mode.LIVE,
        widget=UnfoldAdminRadioSelectWidget,
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(f"At most {LARGEST} bytes are taken: send several files.")
        return file


class SuppressionFiles:
    """Mixin of a panel: the pages."""

    def get_urls(self) -> list[URLPattern]:
        site: Any = self.admin_site  # type: ignore[attr-defined]
        own = [
            path("export/", site.admin_view(self.export), name="notifications_suppression_export"),
            path(
                "import/",
                site.admin_view(self.import_file),
                name="notifications_suppression_import",
            ),
        ]
        return own + super().get_urls()  # type: ignore[misc]

    def export(self, request: HttpRequest) -> StreamingHttpResponse:
        mode = mode_of(request)
        rows = Suppression.objects.filter(mode=mode)
        return csv_answer(export(request.tenant, rows), mode)  # type: ignore[attr-defined]

    def import_file(self, request: HttpRequest) -> HttpResponse:
        form = ImportForm(request.POST or None, request.FILES or None, initial=_initial(request))
        wrong: tuple[PointedError, ...] = ()
        if request.method == "POST" and form.is_valid():
            try:
                return _imported(request, form)
            except Problem as problem:
                wrong = problem.errors
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "form": form,
            "title": "Import suppressions",
            "wrong": [(_place(each.pointer), each.detail) for each in wrong],
        }
        return TemplateResponse(request, "console/import.html", context)


def _initial(request: HttpRequest) -> dict[str, str]:
    return {"mode": mode_of(request)}


def _imported(request: HttpRequest, form: ImportForm) -> HttpResponse:
    done = import_csv(form.cleaned_data["mode"], form.cleaned_data["file"].read())
    messages.success(
        request,
        f"{done.rows} rows: {done.added} added, {done.changed} changed, "
        f"{done.unchanged} as they were.",
    )
    return redirect("admin:notifications_suppression_changelist")


def _place(pointer: str) -> tuple[str, str]:
    """The row's number and the column that a pointer names."""
    parts = pointer.split("/")[2:]
    return (parts[0] if parts else "-", parts[1] if len(parts) > 1 else "-")

"""Where providers call."""

from django.urls import path

from delivery.receipts.hooks import ReceiptHook

urlpatterns = [path("<slug:kind>/<uuid:account>", ReceiptHook.as_view(), name="hook")]

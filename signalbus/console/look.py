"""The two consoles' appearance, as settings of django-unfold. Imports nothing."""

from typing import Any

INDIGO = {
    "50": "oklch(96.2% .018 272.3)",
    "100": "oklch(93% .034 272.8)",
    "200": "oklch(87% .065 274)",
    "300": "oklch(78.5% .115 274.7)",
    "400": "oklch(67.3% .182 276.9)",
    "500": "oklch(65% .2 277)",
    "600": "oklch(51.1% .262 277)",
    "700": "oklch(45.7% .24 277)",
    "800": "oklch(39.8% .195 277.4)",
    "900": "oklch(35.9% .144 278.7)",
    "950": "oklch(25.7% .09 281.3)",
}
TEAL = {
    "50": "oklch(98.4% .014 180.7)",
    "100": "oklch(95.3% .051 180.8)",
    "200": "oklch(91% .096 180.4)",
    "300": "oklch(85.5% .138 181.1)",
    "400": "oklch(77.7% .152 181.9)",
    "500": "oklch(70.4% .14 182.5)",
    "600": "oklch(52% .1 186)",
    "700": "oklch(47% .09 187)",
    "800": "oklch(43.7% .078 188.2)",
    "900": "oklch(38.6% .063 188.4)",
    "950": "oklch(27.7% .046 192.5)",
}
FAVICON = "signalbus.console.navigation.favicon"
COMMON: dict[str, Any] = {
    "SITE_SYMBOL": "cell_tower",
    "SITE_URL": None,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": FAVICON}],
    "ACCOUNT": {"navigation": "signalbus.console.navigation.own_links"},
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "6px",
    "STYLES": ["signalbus.console.navigation.stylesheet"],
    "SCRIPTS": ["signalbus.console.navigation.script"],
}
TENANT_CONSOLE: dict[str, Any] = {
    **COMMON,
    "SITE_TITLE": "signalbus.console.navigation.site_title",
    "SITE_HEADER": "signalbus.console.navigation.tenant_name",
    "SITE_SUBHEADER": "Signalbus console",
    "COLORS": {"primary": INDIGO},
    "SIDEBAR": {"navigation": "signalbus.console.navigation.of_tenant"},
    "DASHBOARD_CALLBACK": "signalbus.console.home.of_tenant",
}
PLATFORM_CONSOLE: dict[str, Any] = {
    **COMMON,
    "SITE_TITLE": "Platform · Signalbus",
    "SITE_HEADER": "Platform",
    "SITE_SUBHEADER": "Signalbus console",
    "COLORS": {"primary": TEAL},
    "SIDEBAR": {"navigation": "signalbus.console.navigation.of_platform"},
    "DASHBOARD_CALLBACK": "signalbus.console.start.of_platform",
}

"""Templates and their versions."""

from signalbus.api.example_answers.common import CHANGED, MADE, OTHER, VERSION, Answers, page

CURRENT = {"id": VERSION, "channel": "email", "locale": "en", "number": 1, "required": ["order"]}
TEMPLATE = {
    "id": OTHER,
    "name": "order-on-its-way",
    "description": "Sent when an order leaves the warehouse.",
    "current": [CURRENT],
    "created_at": MADE,
    "updated_at": MADE,
}
DRAFT = {
    **CURRENT,
    "number": 2,
    "subject": "Your order {{ order }} is on its way",
    "text": "Hello {{ recipient.attributes.name | default: 'there' }}, "
    "your order {{ order }} has left our warehouse.",
    "html": "",
    "current": False,
    "published_at": None,
    "created_at": MADE,
}
PUBLISHED = {**DRAFT, "current": True, "published_at": CHANGED}

ANSWERS: Answers = {
    ("GET", "/templates"): page({**TEMPLATE, "name": "order-shipped"}),
    ("POST", "/templates"): TEMPLATE,
    ("GET", "/templates/{name}"): TEMPLATE,
    ("PATCH", "/templates/{name}"): {**TEMPLATE, "description": "Sent with each parcel."},
    ("GET", "/templates/{name}/versions"): page(DRAFT),
    ("POST", "/templates/{name}/versions"): DRAFT,
    ("POST", "/templates/{name}/versions/{id}/publish"): PUBLISHED,
    ("POST", "/templates/{name}/preview"): {
        "channel": "email",
        "locale": "fr",
        "version": VERSION,
        "subject": "Votre commande A-1001 est en route",
        "text": "Bonjour Ana,\n\nVotre commande A-1001 a quitté notre entrepôt.",
        "html": "",
        "missing": [],
    },
}

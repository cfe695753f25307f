"""The templates that every new tenant begins with."""

from templates_app.models import Template
from templates_app.services import Content, create_template

LAYOUT = """<!doctype html>
<html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head>
<body style="margin:0;background:#f4f4f5;font-family:Helvetica,Arial,sans-serif;color:#18181b">
<div style="max-width:560px;margin:0 auto;padding:32px 24px;background:#ffffff">
{body}
</div></body></html>"""
BUTTON = (
    '<p><a href="{{{{ url }}}}" style="display:inline-block;padding:12px 20px;background:#4f46e5;'
    'color:#ffffff;text-decoration:none;border-radius:6px">{label}</a></p>'
)


def _page(title: str, *paragraphs: str) -> str:
    body = "\n".join(each if each.startswith("<") else f"<p>{each}</p>" for each in paragraphs)
    return LAYOUT.format(body=f'<h1 style="font-size:22px">{title}</h1>\n{body}')


def _optional_button(label: str) -> str:
    return "{% if url %}" + BUTTON.format(label=label) + "{% endif %}"


HELLO = "Hello {{ recipient.attributes.name | default: 'there' }},"
BONJOUR = "Bonjour{% if recipient.attributes.name %} {{ recipient.attributes.name }}{% endif %},"

STARTERS: dict[str, tuple[str, tuple[Content, ...]]] = {
    "welcome": (
        "Greets somebody who has just signed up. Optional: url.",
        (
            Content(
                channel="email",
                locale="en",
                subject="Welcome, {{ recipient.attributes.name | default: 'and hello' }}!",
                text=f"{HELLO}\n\nYour account is ready."
                "{% if url %}\n\nStart here: {{ url }}{% endif %}",
                html=_page(
                    "Welcome!", HELLO, "Your account is ready.", _optional_button("Get started")
                ),
            ),
            Content(
                channel="email",
                locale="fr",
                subject="Bienvenue !",
                text=f"{BONJOUR}\n\nVotre compte est prêt."
                "{% if url %}\n\nCommencez ici : {{ url }}{% endif %}",
                html=_page(
                    "Bienvenue !", BONJOUR, "Votre compte est prêt.", _optional_button("Commencer")
                ),
            ),
        ),
    ),
    "order-shipped": (
        "Tells that an order is on its way. Needs order; optional: url.",
        (
            Content(
                channel="email",
                locale="en",
                subject="Your order {{ order }} is on its way",
                text=f"{HELLO}\n\nYour order {{{{ order }}}} has left our warehouse."
                "{% if url %}\n\nTrack it: {{ url }}{% endif %}",
                html=_page(
                    "On its way",
                    HELLO,
                    "Your order <strong>{{ order }}</strong> has left our warehouse.",
                    _optional_button("Track your order"),
                ),
            ),
            Content(
                channel="email",
                locale="fr",
                subject="Votre commande {{ order }} est en route",
                text=f"{BONJOUR}\n\nVotre commande {{{{ order }}}} a quitté notre entrepôt."
                "{% if url %}\n\nSuivez-la : {{ url }}{% endif %}",
                html=_page(
                    "En route",
                    BONJOUR,
                    "Votre commande <strong>{{ order }}</strong> a quitté notre entrepôt.",
                    _optional_button("Suivre la commande"),
                ),
            ),
            Content(
                channel="sms",
                locale="en",
                text="Your order {{ order }} is on its way.{% if url %} {{ url }}{% endif %}",
            ),
            Content(
                channel="sms",
                locale="fr",
                text="Votre commande {{ order }} est en route.{% if url %} {{ url }}{% endif %}",
            ),
        ),
    ),
    "one-time-code": (
        "Carries a code to log in with. Needs code; optional: minutes.",
        (
            Content(
                channel="sms",
                locale="en",
                text="{{ code }} is your code. It expires in {{ minutes | default: 10 }} minutes.",
            ),
            Content(
                channel="sms",
                locale="fr",
                text="{{ code }} est votre code. Il expire dans {{ minutes | default: 10 }} minutes.",
            ),
            Content(
                channel="email",
                locale="en",
                subject="{{ code }} is your code",
                text="Your code is {{ code }}. It expires in {{ minutes | default: 10 }} minutes.\n\n"
                "If you did not ask for it, ignore this message.",
                html=_page(
                    "Your code",
                    '<p style="font-size:32px;letter-spacing:6px"><strong>{{ code }}</strong></p>',
                    "It expires in {{ minutes | default: 10 }} minutes.",
                    "If you did not ask for it, ignore this message.",
                ),
            ),
        ),
    ),
}


def install() -> None:
    """Make the starter templates that the current tenant does not have, published."""
    present = set(Template.objects.values_list("name", flat=True))
    for name, (description, contents) in STARTERS.items():
        if name not in present:
            create_template(name, description, contents, publish=True)

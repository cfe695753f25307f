"""What the shop says: its templates, and the policies that use them."""

from notifications.policy_changes import create_policy
from notifications.values import Rule
from signalbus.bus.streams import Channel, Lane
from templates_app.models import Template
from templates_app.services import Content, add_version, create_template, publish_version

EMAIL, SMS = Channel.EMAIL, Channel.SMS
PAGE = """<!doctype html>
<html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<style>
  body { margin: 0; background: #eef2f1; font-family: Georgia, serif; color: #1f2d2b; }
  .sheet { max-width: 560px; margin: 0 auto; padding: 32px 28px; background: #fff; }
  .shop { font-size: 13px; letter-spacing: .12em; text-transform: uppercase; color: #0f766e; }
  h1 { font-size: 24px; margin: 12px 0 20px; }
  table { width: 100%; border-collapse: collapse; margin: 20px 0; }
  td { padding: 10px 0; border-bottom: 1px solid #dfe7e5; }
  .sum { text-align: right; white-space: nowrap; }
  .button { display: inline-block; padding: 12px 22px; background: #0f766e; color: #fff;
            border-radius: 4px; text-decoration: none; }
  .small { font-size: 13px; color: #5b6b68; }
</style></head>
<body><div class="sheet"><div class="shop">Harbour Books</div>
BODY
</div></body></html>"""
BOOKS = """<table>{% for book in books %}
  <tr><td>{{ book.title }}<br><span class="small">{{ book.author }}</span></td>
      <td class="sum">{{ book.price }} €</td></tr>{% endfor %}
  <tr><td><strong>TOTAL</strong></td><td class="sum"><strong>{{ total }} €</strong></td></tr>
</table>"""
CONFIRMED_EN = Content(
    channel=EMAIL,
    locale="en",
    subject="Thank you, {{ recipient.attributes.name }}: order {{ order }}",
    text="Hello {{ recipient.attributes.name }},\n\nwe are packing your order {{ order }}:\n"
    "{% for book in books %}\n- {{ book.title }}, {{ book.author }}: {{ book.price }} €"
    "{% endfor %}\n\nTotal: {{ total }} €\nFollow it: {{ url }}\n\nHarbour Books",
    html=PAGE.replace(
        "BODY",
        "<h1>Thank you, {{ recipient.attributes.name }}</h1>\n"
        "<p>We are packing your order <strong>{{ order }}</strong>.</p>\n"
        + BOOKS.replace("TOTAL", "Total")
        + '\n<p><a class="button" href="{{ url }}">Follow your order</a></p>\n'
        '<p class="small">Two weeks to change your mind, as always.</p>',
    ),
)
CONFIRMED_FR = Content(
    channel=EMAIL,
    locale="fr",
    subject="Merci, {{ recipient.attributes.name }} : commande {{ order }}",
    text="Bonjour {{ recipient.attributes.name }},\n\nnous préparons votre commande {{ order }}.\n"
    "{% for book in books %}\n- {{ book.title }}, {{ book.author }} : {{ book.price }} €"
    "{% endfor %}\n\nTotal : {{ total }} €\nSuivez-la : {{ url }}\n\nHarbour Books",
    html=PAGE.replace(
        "BODY",
        "<h1>Merci, {{ recipient.attributes.name }}</h1>\n"
        "<p>Nous préparons votre commande <strong>{{ order }}</strong>.</p>\n"
        + BOOKS.replace("TOTAL", "Total")
        + '\n<p><a class="button" href="{{ url }}">Suivre la commande</a></p>',
    ),
)
NEWS = Content(
    channel=EMAIL,
    locale="en",
    subject="{{ title }}",
    text="{{ title }}\n\n{{ teaser }}\n\nRead on: {{ url }}",
    html=PAGE.replace(
        "BODY",
        "<h1>{{ title }}</h1>\n<p>{{ teaser }}</p>\n"
        '<p><a class="button" href="{{ url }}">Read on</a></p>',
    ),
)


def _mail(subject: str, text: str, locale: str = "en") -> Content:
    return Content(channel=EMAIL, locale=locale, subject=subject, text=text)


def _sms(text: str, locale: str = "en") -> Content:
    return Content(channel=SMS, locale=locale, text=text)


DELAYED = "Your parcel {{ order }} will arrive a day later than we said. We are sorry."
TEMPLATES = {
    "order-confirmed": ("Says thank you and lists the books.", (CONFIRMED_EN, CONFIRMED_FR)),
    "order-delayed": (
        "The carrier is late.",
        (
            _sms(DELAYED),
            _sms("Votre colis {{ order }} aura un jour de retard. Toutes nos excuses.", "fr"),
            _mail("Order {{ order }} is late", f"{DELAYED}\n\nHarbour Books"),
        ),
    ),
    "invoice": (
        "The month's invoice for libraries and schools.",
        (_mail("Invoice {{ invoice }}", "Your invoice {{ invoice }}: {{ total }} €\n{{ url }}"),),
    ),
    "newsletter": ("New books, every week.", (NEWS,)),
    "password-changed": (
        "Somebody changed the password of an account.",
        (_mail("Your password was changed", "If it was not you, tell us: {{ url }}"),),
    ),
}
# topic → priority, what it is, template, its channels; more of it in `_more`
POLICIES = {
    "order.confirmed": (Lane.NORMAL, "Somebody has bought books.", "order-confirmed", (EMAIL,)),
    "order.delayed": (Lane.HIGH, "The carrier is late.", "order-delayed", (SMS, EMAIL)),
    "invoice.sent": (Lane.NORMAL, "The month's invoice.", "invoice", (EMAIL,)),
    "newsletter.weekly": (Lane.BULK, "New books, on Thursdays.", "newsletter", (EMAIL,)),
    "password.changed": (Lane.HIGH, "A password was changed.", "password-changed", (EMAIL,)),
}
MORE = {
    "order.delayed": {"watch_seconds": 600, "retry": {"deadline": 4 * 3600}},
    "newsletter.weekly": {"retry": {"first": 300, "tries": 4}},
    "password.changed": {"overrides": ["soft_bounces", "manual"]},
}


def write() -> None:
    """Make the shop's templates and policies, beside those that every tenant begins with."""
    for name, (description, contents) in TEMPLATES.items():
        create_template(name, description, contents, publish=True)
    for topic, (priority, description, template, channels) in POLICIES.items():
        rules = [
            Rule(channel=channel, template=template, fallback=topic == "order.delayed" and bool(at))
            for at, channel in enumerate(channels)
        ]
        more = MORE.get(topic, {})
        create_policy(rules, topic=topic, priority=priority, description=description, **more)


def rewrite() -> None:
    """A second version of the confirmation, published, and a third that is being written."""
    template = Template.objects.get(name="order-confirmed")
    publish_version(add_version(template, CONFIRMED_EN))
    add_version(template, CONFIRMED_EN)

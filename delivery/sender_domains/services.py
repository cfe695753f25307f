"""What each e-mail service needs in the DNS of its sender's domain. Pure.

Sources, as of 2026: the services' pages on domain authentication (Mailgun "Domain verification
setup", SendGrid "How to set up domain authentication", Postmark "Sender signatures and domains",
Brevo "Authenticate your domain", Mailjet "Authenticating domains with SPF and DKIM", MailerSend
"How to verify and authenticate a sending domain", Resend "Managing domains", Amazon SES "Easy
DKIM"; https://mailchimp.com/developer/transactional/docs/authentication-delivery/ for Mandrill,
https://docs.mailtrap.io/email-api-smtp/setup/sending-domain,
https://www.scaleway.com/en/docs/transactional-email/how-to/authenticate-domain, and for Unisender
Go https://academy.creatio.com/documents/marketing/7-15/domain-verification-unione-provider). Where
a selector is different for each customer, the option `dkim_selector` of the account names it.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """`include` has to stand in the SPF record of the domain; empty where bounces go to the
    service's own domain, so that SPF is asked there; what was wanted `before` will do as well.
    `cnames`: selector → where it leads to.
    """

    include: str = ""
    before: tuple[str, ...] = ()
    selectors: tuple[str, ...] = ()
    selector_option: str = ""  # the option of the account that is the selector
    cnames: tuple[tuple[str, str], ...] = ()


NEEDS: Mapping[str, Needs] = {
    "amazon_ses": Needs(),  # three selectors of random characters
    "brevo": Needs(selectors=("brevo1", "brevo2", "mail")),
    "mailersend": Needs(
        include="_spf.mailersend.net",
        selectors=("mlsend2", "mlsend"),
        cnames=(("mlsend2", "mlsend2._domainkey.mailersend.net"),),
    ),
    "mailgun": Needs(  # pdk1 and pdk2 where Mailgun keeps the keys itself
        include="mailgun.org",
        selectors=("pdk1", "pdk2", "mx", "k1", "pic", "smtp", "mailo", "krs", "s1"),
    ),
    "mailjet": Needs(include="spf.mailjet.com", selectors=("mailjet",)),
    "mailtrap": Needs(
        selectors=("rwmt1", "rwmt2"),
        cnames=(
            ("rwmt1", "rwmt1.dkim.smtp.mailtrap.live"),
            ("rwmt2", "rwmt2.dkim.smtp.mailtrap.live"),
        ),
    ),
    "mandrill": Needs(
        selectors=("mte1", "mte2", "mandrill"),
        cnames=(("mte1", "dkim1.mandrillapp.com"), ("mte2", "dkim2.mandrillapp.com")),
    ),
    "postal": Needs(),  # postal-…, made when the domain is added
    "postmark": Needs(),  # …pm, by the day that the domain was added
    "resend": Needs(selectors=("resend",)),
    "scaleway": Needs(
        include="_spf.tem.scaleway.com",
        before=("_spf.scw-tem.cloud", "_spf.tem.scw.cloud"),
        selector_option="project_id",
    ),
    "sendgrid": Needs(selectors=("s1", "s2")),
    "sparkpost": Needs(),  # scph…, by the month that the domain was added
    "unisender_go": Needs(include="spf.unisender.com", selectors=("us",)),
}
# What mail servers' guides call their selectors; for SMTP, where nobody knows.
USUAL = ("default", "mail", "dkim", "selector1", "selector2", "google", "s1", "s2", "k1")

"""`/provider-accounts/{id}/domain`: whether the sender's domain lets the account send for it."""

from typing import Annotated, Any
from uuid import UUID

from django.http import Http404, HttpResponse
from msgspec import Meta, Struct

from delivery.inherited import inherited_by
from delivery.models import ProviderAccount
from delivery.sender_domains import check
from delivery.sender_domains.values import Finding, State
from signalbus.api.operations import Operation
from signalbus.api.problems import Problem
from signalbus.api.rendering import JSONAnswer
from signalbus.api.views import APIResource

NO_DOMAIN = "It has no sender's domain to ask about: only accounts of e-mail with a `from` have."
PLATFORMS = "It is the platform's: its operators see to the sender's domain, in their console."


class RecordOut(Struct, kw_only=True):
    """A record to publish in DNS."""

    name: Annotated[str, Meta(description="Where.")]
    type: Annotated[str, Meta(description="`TXT` or `CNAME`.")]
    value: Annotated[
        str, Meta(description="What, exactly; empty where only the provider knows it.")
    ]


class FindingOut(Struct, kw_only=True):
    """What DNS says on one of the three."""

    check: Annotated[str, Meta(description="`spf`, `dkim` or `dmarc`.")]
    name: Annotated[str, Meta(description="The name that was asked for.")]
    state: Annotated[
        str,
        Meta(
            description="`ok`, `missing` or `wrong`; `unknown` where DNS did not answer or the "
            "selector is not known."
        ),
    ]
    found: Annotated[list[str], Meta(description="The records that are there.")]
    says: Annotated[str, Meta(description="What is to be said of it, in a sentence.")]
    publish: Annotated[
        RecordOut | None, Meta(description="What to publish in its place; null: nothing.")
    ]


class DomainOut(Struct, kw_only=True):
    """A sender's domain; the answers of DNS are kept for five minutes."""

    account: Annotated[UUID, Meta(description="The account.")]
    domain: Annotated[str, Meta(description="The domain that messages come from.")]
    ready: Annotated[bool, Meta(description="Whether nothing is missing or wrong, or unknown.")]
    findings: Annotated[list[FindingOut], Meta(description="SPF, DKIM and DMARC.")]


class AccountDomain(APIResource):
    """`/provider-accounts/{id}/domain`"""

    operations = {
        "get": Operation(
            summary="Check the sender's domain of a provider account",
            description="Asks DNS for the SPF, DKIM and DMARC records of the domain in the "
            "account's `from`, and says what to publish. It takes some seconds.",
            answer=DomainOut,
            problems=("not-found",),
        )
    }

    def get(self, request: Any, **kwargs: Any) -> HttpResponse:
        row = ProviderAccount.objects.filter(id=kwargs["id"]).first()
        if row is None and inherited_by(request.auth.tenant).filter(id=kwargs["id"]).exists():
            raise Problem("not-found", PLATFORMS)
        if row is None:
            raise Http404
        sending = check.sending_of(row.kind, row.options)
        if sending is None:
            raise Problem("not-found", NO_DOMAIN)
        found = check.findings(sending)
        return JSONAnswer(
            DomainOut(
                account=row.id,
                domain=sending.domain,
                ready=all(each.state is State.OK for each in found),
                findings=[_shown(each) for each in found],
            )
        )


def _shown(finding: Finding) -> FindingOut:
    record = finding.publish
    return FindingOut(
        check=finding.check,
        name=finding.name,
        state=finding.state,
        found=list(finding.found),
        says=finding.says,
        publish=RecordOut(name=record.name, type=record.type, value=record.value)
        if record
        else None,
    )

"""The sections that the platform's OpenAPI document begins with, in Markdown."""

from signalbus.api.problems import URN

INTRODUCTION = f"""\
The platform's own API, for whoever runs the installation: tenants, their domains and their keys.
What tenants send, to whom and by which accounts is not to be seen here.

## Authentication

Send `Authorization: Bearer sb_platform_…`, or the key in the header `X-API-Key`. Such a key is made
by `manage.py create_platform_key`, shown once, and opens nothing of a tenant's; a tenant's key
opens nothing here. Addresses that send wrong keys are slowed.

## Idempotency

Send an `Idempotency-Key` (1 to 255 printable ASCII characters, such as a UUID) with every POST.
The same key with the same body gets the answer of the first request for a day, marked
`Idempotency-Replayed: true`; with another body it gets 422 (`idempotency-mismatch`), and while the
first request is still running 409 (`in-progress`) with `Retry-After`. All keys of the platform
share them.

## Lists

Lists are pages, newest first: follow `next` until it is null. Filters take exact values.

## Deleting a tenant

`POST /tenants/{{tenant}}/delete` wants the tenant's name typed as `confirm`. The tenant is
suspended until `delete_at`, and `POST /tenants/{{tenant}}/keep` takes that back. After that its
line, keys, domains and all its data are deleted, and there is no way back.

## Errors

Errors are `application/problem+json` (RFC 9457), as everywhere: `type` begins with `{URN}`, and
`/api/v1/errors` lists what each means and what to do.
"""

"""What every HTTP endpoint shares: problems, pages, the OpenAPI document, idempotent requests."""

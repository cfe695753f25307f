"""Looks at everything that an installation stands on, and says what to do next.

An area is one file that yields findings: `settings`, `postgres`, `migrations`, `tenancy`,
`redis`, `kafka`, `lanes`, `line`, `jobs`, `providers`. `examining` has the table of them and runs
it. Nothing is changed and nothing is sent.
"""

"""Whether a sender's domain lets an account send in its name: SPF, DKIM and DMARC, asked by DNS.

The judgments (spf, dkim, dmarc) are pure and get the answers by a function; check puts them
together for an account, resolver asks.
"""

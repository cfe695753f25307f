"""E-mail: message (how it is built), smtp and what belongs to it, anymail (every other service)."""

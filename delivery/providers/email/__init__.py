"""E-mail: message (how it is built), smtp, anymail (every ESP), codes."""

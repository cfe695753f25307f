"""A made-up bookshop that uses Signalbus: a week of it, lifelike enough to be looked at.

Everything is drawn from one seed, so that only the moments differ between two fillings.

- `texts`: templates and policies · `people`: recipients · `fates`: what becomes of a delivery
- `week`: notifications with all that hangs on them · `trouble`: what needs somebody
- `access`: users, keys, invitations · `accounts`: providers · `platform`: who else is there
- `opening`: all of it, in order
"""

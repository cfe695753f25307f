"""Bounces and complaints that come as e-mail: tags (what leaves with a message), reports (what
comes back, as values), receiver and mailboxes (the two ways in).
"""

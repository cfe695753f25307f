"""Figures that no event tells and periodic jobs look up: of tenants, and of certificates."""

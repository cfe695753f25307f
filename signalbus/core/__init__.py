"""The ground floor: what every other part stands on, and what knows none of them."""

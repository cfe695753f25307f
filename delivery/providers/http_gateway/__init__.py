"""Any gateway that takes a message by HTTP: kind, request (templates), answer (rules), driver."""

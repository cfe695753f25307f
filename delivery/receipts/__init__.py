"""What providers say later: events (the values), apply (what follows from them)."""

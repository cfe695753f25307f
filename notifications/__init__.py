"""What was asked, of whom, and what was decided: from a request to rows and a place in the line."""

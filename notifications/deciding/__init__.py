"""Pure decisions: facts in, and for each channel what is to happen and why."""

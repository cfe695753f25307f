"""What providers call the hooks with: proven to be theirs, and read into values."""

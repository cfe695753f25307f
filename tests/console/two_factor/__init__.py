"""The second factor: setting it up, logging in with it, needing it, and ways back."""

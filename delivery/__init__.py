"""What became of it: workers, providers, attempts, receipts, dead letters and redrives."""

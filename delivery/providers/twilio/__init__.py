"""SMS by Twilio, through its official client: kind, codes, http (kept connections), driver."""

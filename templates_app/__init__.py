"""What Signalbus says: templates in Liquid, per channel and locale, in immutable versions."""

"""What waits on disk for an OTLP receiver that is away: written masked, sent when it is back, the oldest first."""

"""Whether the OTLP receiver takes what a bot would send: tried with real records and the stock exporters."""

"""Work that takes the processor for long, in child processes: the server's own process only streams."""

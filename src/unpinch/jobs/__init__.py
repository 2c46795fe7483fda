"""Work that runs by itself: sending messages, timed calls to services."""

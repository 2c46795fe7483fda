"""Streams of events: connections that stay open, on the event loop, under ``/live/``."""

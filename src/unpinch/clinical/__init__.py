"""The clinical core: pure reasoning from a person's answers to advice.

No Django, no I/O but its own tables, no clock, no randomness.
"""

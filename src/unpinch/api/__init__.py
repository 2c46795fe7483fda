"""The interface for programs, under ``/api/v1``: parse strictly, call one service, answer in JSON."""

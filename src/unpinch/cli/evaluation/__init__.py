"""Measuring the answers on cases with a known truth: read cases, run them, count, report."""

"""unpinch: can massage help my pinched nerve? An honest answer, and the course of massage booked."""

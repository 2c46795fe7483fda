"""The scheduling core: free time and series of appointments as pure values."""

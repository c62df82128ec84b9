"""events → projections → reports: everything here can be rebuilt from the log."""

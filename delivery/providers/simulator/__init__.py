"""The simulator: table (what it answers), journal, driver, kind."""

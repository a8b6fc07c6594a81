"""SQLite and SQL. Imports knowledge only."""

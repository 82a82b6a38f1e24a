"""Signing in on the page: forms, cookies, and the department's own identity provider."""

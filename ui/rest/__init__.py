"""REST: ask, search, history and downloads over HTTP, with an OpenAPI description."""

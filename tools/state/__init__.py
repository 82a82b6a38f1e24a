"""What one deployment writes down and changes: requests, accounts. SQLite in the workspace, or PostgreSQL by its URL.

Nothing here is imported until a command needs it: `open_state` brings in SQLAlchemy, a migration also Alembic.
"""

from tools.state.errors import StateError
from tools.state.open import open_state, reading, state_url, writing

__all__ = ["StateError", "open_state", "reading", "state_url", "writing"]

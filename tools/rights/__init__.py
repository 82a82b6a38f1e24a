"""Who may see what: decided from the principal, the catalogue and the policy, never from a question or a model's words.

Whatever is not decided is refused: a table without a catalogue entry, an entry without a class, an error.
"""

from tools.rights.decide import Decision, decide
from tools.rights.demo_users import DEMO_USERS
from tools.rights.grants import Grant
from tools.rights.policy import Policy, default_policy
from tools.rights.scope import scope_for

__all__ = ["DEMO_USERS", "Decision", "Grant", "Policy", "decide", "default_policy", "scope_for"]

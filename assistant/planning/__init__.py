"""From a question's words to a typed plan, and from the plan to SQL: the embedded planner, no model needed."""

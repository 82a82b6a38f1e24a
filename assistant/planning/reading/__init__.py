"""From mentions to a plan: roots, phrases, and how phrases that belong together are put together."""

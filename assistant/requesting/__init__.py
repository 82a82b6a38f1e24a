"""From a conversation to a share request: what was said for it, which entries are meant, what is still to be asked."""

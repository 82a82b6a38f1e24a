"""What a turn may do for a person: query, search, draft, chart, export — authorised and recorded."""

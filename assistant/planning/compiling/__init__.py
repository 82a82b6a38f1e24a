"""From a plan to SQL: joins that repeat no row, expressions, syntax trees."""

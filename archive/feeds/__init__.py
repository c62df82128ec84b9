"""feed → article: fetching, parsing, choosing the text, telling new from revised. Knows no database."""

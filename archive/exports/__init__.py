"""Files for the tools of others: what the views show, written as a stream, whole or from a log position on.

``source`` reads views in batches and knows what changed since a position; ``manifest`` keeps what was written up to
where; each format is a module. Erased and hidden texts are not in the views, and so get into no file.
"""

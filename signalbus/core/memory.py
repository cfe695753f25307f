"""How Python collects garbage in processes that live long and make many short-lived objects."""

import gc

# Allocations between two looks at the youngest objects; Python's own 700 is a handful of requests.
YOUNGEST = 20_000
# Looks at the youngest before the next generation is looked at, and so on: as Python has them.
OLDER = (10, 10)


def settle() -> None:
    """Leave what is loaded by now out of all later looks for garbage; call once all is loaded.

    Code, settings and URL tables are some 500,000 objects that stay for good; going through them
    again and again took a third of the time of accepting a batch.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNGEST, *OLDER)

"""`make screenshots`: a picture of every page, as somebody sees it at a desk and on a telephone.

- `addresses`: every page that a console's URL table has · `sights`: what to look at besides
- `stage`: servers, processes and the made-up shop · `taking`: the pictures
"""

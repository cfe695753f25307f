"""What every page of the consoles is made from: bases of the admin classes, pages, labels, times.

- `bases`: Panel, and HistoryPanel for what cannot be changed
- `buttons`: what can be done with an object, as POSTs that call services
- `pages`: lists in pages without a COUNT
- `words`: labels, times, addresses and JSON as operators read them
"""

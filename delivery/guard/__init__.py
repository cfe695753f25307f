"""The deliverability guard: stops a tenant's bulk e-mail before providers block the sender.

`rule` judges by value, `sql` counts, `watching` does it for every tenant once a minute. A notice
tells the operator; lifting it lets the lane run again and begins a new window.
"""

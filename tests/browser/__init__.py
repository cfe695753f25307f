"""The consoles as people use them: in a browser, through real processes.

Whoever writes a test here arranges what stands in the database first and opens windows then: once
the browser runs, Django refuses to ask the database (SynchronousOnlyOperation).
"""

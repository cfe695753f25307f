"""What was asked, of whom, and what was decided: from a request to rows and a place in the line.

The way of a request, a file for each step:

    api/        the body is read into a shape          requests
    checking    its values are checked: what is asked  checks, fields, values
    group_commit, batches    it waits with others, or comes with them    gathering
    accept      one transaction for all of them:
        keys        which were answered before
        facts       what deciding needs to know        policies
        planning    what is to be done, or refused     people, deciding/
        recipients  who is new or changed is written
        rows, inserting    the rest is written         database
    answers     the notification as it is shown        landed

What happens to it later from here: cancel, and status_sql, by which all that settles a delivery
computes its notification's status anew. states is the table of states and moves.
"""

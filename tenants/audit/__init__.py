"""The audit log: who changed what in a console or by a key, from where, and what it was before.

acts          the words for what is done
registry      which models are watched, and what of them is masked
actors        who is acting at this moment
notes         note(): what is done where no model is saved
writing       what every entry says, by signals of django-auditlog
copies        what is done to a tenant from outside shows in its own log as well
reading       the log as the console and the API show it
differences   before and after, line by line
retention     the one way in which entries go
migrations    the trigger that lets nobody change or delete an entry

Entries are rows of django-auditlog's LogEntry in the schema in which somebody acts: a tenant's, or
the public one for the platform.
"""

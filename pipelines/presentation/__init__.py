"""How things are written for people, wherever they read them: report, mail, chat and terminal.

Belongs here: the form of amounts, counts, days and lists, and the labels of values that are shown everywhere. Does not:
what is reported (the room that has it to say), or any figure. `notifications` and `dashboards` may import this room of
`pipelines`, and no other.
"""

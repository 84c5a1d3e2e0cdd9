"""From facts to people: rules make alerts, the outbox stores them, delivery sends them through Apprise.

This room imports neither pipelines nor dashboards: it meets them at plain dataclasses. Delivery is at least once:
a crash while sending repeats an alert under the same id, and never loses one.
"""

"""What people say of anomalies, in one CSV file of the home that they may also write by hand.

Belongs here: reading, checking and adding to that file. Does not: what is learned from it (pipelines/analytics), or how
it is shown.
"""

from pipelines.feedback.anomaly_file import VERDICTS, AnomalyFeedback, FeedbackFile

__all__ = ["VERDICTS", "AnomalyFeedback", "FeedbackFile"]

-- One row per open alert, as it was handed over with the build: those that nobody has answered first.
select
    alert_id,
    headline,
    severity,
    state,
    opened_on,
    snoozed_until
from open_alerts
order by
    state = 'open' desc,
    list_position(['critical', 'warning', 'info'], severity) asc,
    opened_on desc,
    alert_id asc

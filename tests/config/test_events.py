"""Declared events and holidays: taken as days of the costs they are of, or refused with the place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from pipelines.analytics.masks import ExpectedCost, LevelShift, Mask
from pipelines.app.declared_events import calendar_of
from pipelines.config.yaml_file import read_configuration
from pipelines.errors import ConfigError

EVENTS = """\
currency: EUR
holidays: DE-BY
events:
  - {name: chat, kind: launch, start: 2026-02-03, scope: {provider: openai, project: [chat, search]}}
  - {name: outage, kind: outage, start: 2026-02-01}
  - {name: backfill, kind: launch, start: 2026-02-05, end: 2026-02-07, scope: {provider: openai, key: ci}, amount: 90}
  - {name: later, kind: migration, start: 2026-03-01}
"""


def test_each_event_is_a_mask_or_a_new_level_of_what_it_names(tmp_path: Path) -> None:
    (tmp_path / "ai-costs.yaml").write_text(EVENTS)
    feedback = Mask(pd.DatetimeIndex(["2026-01-05"]), {"project": ["chat"]})
    calendar = calendar_of(read_configuration(tmp_path / "ai-costs.yaml"), [feedback], date(2026, 2, 20))
    assert [(list(mask.days.strftime("%m-%d")), mask.scope) for mask in calendar.masks] == [
        (["01-05"], {"project": ["chat"]}),
        (["02-01"], {}),
        (["02-05", "02-06", "02-07"], {"provider": ["openai"], "api_key": ["ci"]}),
    ]
    scope = {"provider": ["openai"], "project": ["chat", "search"]}
    assert calendar.level_shifts == [LevelShift(date(2026, 2, 3), scope)]
    assert calendar.expected == [ExpectedCost(date(2026, 2, day), 30.0, "EUR", "openai") for day in (5, 6, 7)]
    assert {date(2026, 1, 6), date(2026, 10, 3)} <= calendar.holidays
    assert date(2026, 10, 4) not in calendar.holidays


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("holidays: XX", "'XX' is not the code of a country, such as DE, US or DE-BY"),
        ("holidays: DE-BX", "'DE-BX': DE has no region 'BX' with holidays of its own; there are BB, BE, BW"),
        ("events: [{name: a, kind: launch, start: 2026-02-03, end: 2026-02-02}]", "end: it is before start"),
        (
            "events: [{name: a, kind: outage, start: 2026-02-03, end: 2027-02-04}]",
            "end: an event of more than 366 days is a new level; leave end out",
        ),
        (
            "events: [{name: a, kind: launch, start: 2026-02-03, amount: 5}]",
            "amount: it needs one provider in scope, to be forecast as cost of that provider",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "ai-costs.yaml").write_text(text)
    with pytest.raises(ConfigError) as problem:
        read_configuration(tmp_path / "ai-costs.yaml")
    assert message in str(problem.value)

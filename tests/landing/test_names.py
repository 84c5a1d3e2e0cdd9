"""Names at rest: written whole, read back as they were, and never from a file that was changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import LandingError
from pipelines.landing import KnownNames, LandingStore, NameKind

AT = datetime(2026, 11, 23, 14, tzinfo=UTC)
NAMED = st.tuples(st.sampled_from(NameKind), st.text(min_size=1), st.text(min_size=1))


@given(provider=st.text(), account=st.text(), seen=st.lists(st.lists(NAMED, max_size=4), max_size=4))
def test_names_survive_their_file(
    tmp_path_factory: pytest.TempPathFactory, provider: str, account: str, seen: list[list[tuple[NameKind, str, str]]]
):
    store = LandingStore(tmp_path_factory.mktemp("names")).names
    known = KnownNames(provider, account, asked_at=AT, unnamed=frozenset({"key_gone"}))
    for hours, found in enumerate(seen):
        known = known.seen(found, AT + timedelta(hours=hours))
    store.write(known)
    assert store.read(provider, account) == known
    assert list(store.all()) == [known]
    assert {(name.kind, name.id, name.name) for name in known.names} == {one for found in seen for one in found}


def test_a_file_that_was_changed_is_not_believed(tmp_path: Path):
    store = LandingStore(tmp_path).names
    store.write(KnownNames("openai", "labs").seen([(NameKind.PROJECT, "proj_a", "Atlas")], AT))
    (file,) = (tmp_path / "names").iterdir()
    file.write_bytes(file.read_bytes().replace(b"Atlas", b"Bravo"))
    with pytest.raises(LandingError, match=r"landing/names/openai-labs-\w+\.json was changed"):
        store.read("openai", "labs")


def test_a_name_that_is_read_again_changes_no_build_and_another_one_does(tmp_path: Path):
    store = LandingStore(tmp_path).names
    known = KnownNames("openai", "labs").seen([(NameKind.PROJECT, "proj_a", "Atlas")], AT)
    store.write(known)
    before = store.digest()
    known = known.seen([(NameKind.PROJECT, "proj_a", "Atlas")], AT + timedelta(days=1))
    store.write(known)
    assert store.digest() == before
    store.write(known.seen([(NameKind.PROJECT, "proj_a", "Borealis")], AT + timedelta(days=2)))
    assert store.digest() != before

"""What the page lets run: its three scripts and nothing else; and what those scripts are made of."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest

from dashboards.packing import inflated
from dashboards.page import STATIC, STYLES, _inlined, _json
from dashboards.panels import FOLDER
from dashboards.report import ReportFacts

Report = Callable[[str], ReportFacts]
VENDOR = STATIC / "vendor"
SCRIPTS = sorted([*(STATIC / "js").glob("*.js"), *FOLDER.glob("*.js")])


def _page(report: Report, scenario: str = "hostile") -> str:
    return report(scenario).path.read_text(encoding="utf-8")


def _carried(page: str, element: str) -> str:
    return inflated(re.search(rf'id="{element}">([^<]*)<', page)[1])


def test_the_policy_names_the_scripts_of_the_page_by_their_hashes(report: Report):
    page = _page(report)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[1].replace("&#39;", "'")
    (loader,) = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    scripts = [_carried(page, "library"), _carried(page, "script"), loader]
    hashes = " ".join(f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in scripts)
    assert policy == (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def test_hostile_names_end_no_element_of_the_page(report: Report):
    page = _page(report)
    assert page.count("<script") == 6
    assert page.count("</script>") == 6
    assert "<img" not in page
    assert "\u2028" not in re.search(r'id="facts">([^<]*)<', page)[1]


def test_data_is_escaped_for_the_element_it_stands_in():
    assert str(_json("</script><!-- & \u2028\u2029")) == r'"\u003c/script\u003e\u003c!-- \u0026 \u2028\u2029"'
    assert json.loads(str(_json({"a": "<&>"}))) == {"a": "<&>"}


def test_a_file_of_ours_that_would_end_its_element_is_refused():
    with pytest.raises(ValueError, match="closing tag"):
        _inlined("const text = '</SCRIPT>'")


def test_the_page_names_no_address_to_fetch_from(report: Report):
    page = _page(report, "company")
    assert set(re.findall(r"https?://[^\s\"'<)]+", page + _carried(page, "script"))) == {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_our_script_parses_no_markup_and_no_code(path: Path):
    text = path.read_text(encoding="utf-8")
    for forbidden in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "Function(",
        "fetch(",
        "XMLHttpRequest",
        "DOMParser",
    ):
        assert forbidden not in text


def test_every_style_has_its_place_in_the_order():
    assert sorted(path.stem for path in (STATIC / "css").glob("*.css")) == sorted(STYLES)


def test_the_library_is_the_one_that_was_recorded():
    record = json.loads((VENDOR / "versions.json").read_text(encoding="utf-8"))
    bundle = (VENDOR / record["bundle"]).read_bytes()
    assert hashlib.sha256(bundle).hexdigest() == record["sha256"]
    assert len(bundle) < 400_000


def test_the_library_is_built_from_exactly_pinned_packages_with_their_licences():
    record = json.loads((VENDOR / "versions.json").read_text(encoding="utf-8"))
    lock_text = (STATIC.parent / "package-lock.json").read_text(encoding="utf-8")
    lock = json.loads(lock_text)
    licences = (VENDOR / "LICENSES.txt").read_text(encoding="utf-8")
    assert "resolved" not in lock_text
    assert {"name": "@observablehq/plot", "version": "0.6.17"}.items() <= record["packages"][0].items()
    for package in record["packages"]:
        locked = lock["packages"][f"node_modules/{package['name']}"]
        assert (locked["version"], locked["integrity"]) == (package["version"], package["integrity"])
        assert package["license"] in {"ISC", "MIT", "BSD-3-Clause"}
        assert f"{package['name']} {package['version']}\n" in licences

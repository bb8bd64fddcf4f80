"""Where the user has chosen an instance id, it is the bot's, and each of its children has one of its own."""

from __future__ import annotations

import os

import pytest

from otel_trading.instance import KEY, OWNER, InstanceDetector, own_instance
from tests.telemetry.test_lane_fork import in_child


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OTEL_RESOURCE_ATTRIBUTES", raising=False)
    monkeypatch.setenv(OWNER, "")


def test_the_first_process_has_the_chosen_id_however_often_it_asks() -> None:
    assert [own_instance("desk-7"), own_instance("desk-7")] == ["desk-7", "desk-7"]


def test_a_child_has_an_id_of_its_own_that_tells_whose_child_it_is() -> None:
    own_instance("desk-7")

    told, _, child = in_child(lambda: f"{own_instance('desk-7')} {os.getpid()}").partition(" ")

    assert told == f"desk-7-{child}"
    assert child != str(os.getpid())


def test_a_child_for_which_another_id_is_chosen_has_that() -> None:
    own_instance("desk-7")
    assert in_child(lambda: own_instance("desk-8")) == "desk-8"


def test_without_a_chosen_id_the_detector_has_nothing_to_say() -> None:
    assert InstanceDetector().detect().attributes == {}
    assert os.environ[OWNER] == ""


def test_the_detector_is_asked_again_after_a_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", f"desk=a,{KEY}=desk%207")
    detector = InstanceDetector()

    assert detector.is_process_dependent()
    assert detector.detect().attributes == {KEY: "desk 7"}
    assert in_child(lambda: detector.detect().attributes[KEY]).startswith("desk 7-")


def test_a_secret_is_no_id_that_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", f"{KEY}=apiKey%3Dabcdefghijklmnopqrstuvwxyz")
    assert "abcdefghijkl" not in str(InstanceDetector().detect().attributes)


def test_with_a_configuration_file_the_variable_has_no_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", f"{KEY}=desk-7")
    monkeypatch.setenv("OTEL_CONFIG_FILE", "otel.yaml")

    assert InstanceDetector().detect().attributes == {}
    own_instance("of-the-file")
    assert in_child(lambda: InstanceDetector().detect().attributes[KEY]).startswith("of-the-file-")

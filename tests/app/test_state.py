"""The state of a page: link, widgets, and visits to other pages."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from app.state import BAR
from tests.fixtures.step_through import address


def page() -> None:
    import streamlit as st

    from app.links import read_fields, whole, write_fields
    from app.state import LinkedState, begin_page, end_page

    begin_page(st.session_state.get("path", "numbers"))
    numbers: LinkedState[int] = LinkedState("numbers")
    fields = {"number": whole(0, 9, 3)}
    if st.session_state.get("path", "numbers") == "numbers":
        touched = numbers.drawn and st.session_state["number"] != numbers.state
        if numbers.enter(lambda parameters: read_fields(fields, parameters)[0]["number"], touched=touched):
            st.session_state["number"] = numbers.state
        numbers.state = st.number_input("Number", 0, 9, key="number")
        numbers.write(write_fields(fields, {"number": numbers.state}, always=("number",)))
    end_page()


def opened(**parameters: str) -> AppTest:
    """The page opened at a link."""
    at = AppTest.from_function(page)
    for name, value in parameters.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception
    return at


def test_a_link_is_read_and_completed_without_an_entry() -> None:
    at = opened(utm="mail")
    assert at.number_input[0].value == 3
    assert at.session_state[BAR].seen == {"utm": "mail"}
    assert address(at) == {"number": "3"}
    assert "number" not in at.query_params  # no history entry was made
    at.run()
    assert "number" not in at.query_params


def test_a_change_by_the_visitor_makes_one_entry() -> None:
    at = opened()
    at.number_input[0].set_value(5).run()
    assert at.query_params["number"] == "5"
    bar = at.session_state[BAR]
    assert bar.seen == bar.completed == {"number": "5"}


def test_back_restores_the_former_state() -> None:
    at = opened()
    at.number_input[0].set_value(5).run()
    at.query_params["number"] = "3"
    at.run()
    assert at.number_input[0].value == 3


def test_a_change_wins_over_a_late_address() -> None:
    at = opened(number="4")
    at.query_params["number"] = "6"
    at.number_input[0].set_value(5).run()
    assert at.number_input[0].value == 5
    assert address(at) == {"number": "5"}


def test_the_last_visit_is_restored_unless_there_is_a_link() -> None:
    at = opened(number="4")
    for link, expected in (({}, 4), ({"number": "8"}, 8)):
        at.session_state["path"] = "elsewhere"
        at.query_params.clear()
        at.run()
        at.session_state["path"] = "numbers"
        for name, value in link.items():
            at.query_params[name] = value
        at.run()
        assert at.number_input[0].value == expected
        assert address(at) == {"number": str(expected)}


def counting_page() -> None:
    from unittest import mock

    import streamlit as st

    from app.state import LinkedState, begin_page, end_page

    begin_page("counting")
    state: LinkedState[str] = LinkedState("counting")
    state.enter(lambda parameters: "")
    value = st.text_input("Value", key="value")
    with mock.patch.object(type(st.query_params), "from_dict") as new_entry:
        state.write({"value": value})
        if value == "twice":
            state.write({"value": value, "more": "1"})
    st.session_state["entries"] = new_entry.call_count
    end_page()


def test_only_the_first_write_of_a_changed_link_makes_an_entry() -> None:
    at = AppTest.from_function(counting_page, default_timeout=60).run()
    assert at.session_state["entries"] == 0  # opened
    assert at.run().session_state["entries"] == 0  # nothing changed
    at.text_input[0].set_value("twice").run()
    assert not at.exception
    assert at.session_state["entries"] == 1

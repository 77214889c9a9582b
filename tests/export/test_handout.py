"""The handout: one page, a column per meta-step, the same bytes for the same trace."""

from __future__ import annotations

from dataclasses import replace

from app.lesson.text import handout_texts
from hsal.export.handout import HEIGHT, MOST_COLUMNS, draw_handout, handout_bytes
from tests.fixtures.traces import make_trace


def test_handout_is_one_reproducible_pdf_page() -> None:
    data = handout_bytes(make_trace(), handout_texts())
    assert data.startswith(b"%PDF-")
    assert data.count(b"/Type /Page ") == 1
    assert data == handout_bytes(make_trace(), handout_texts())


def test_handout_has_the_image_and_five_maps_per_meta_step() -> None:
    trace = make_trace()
    steps = min(len(trace.steps), MOST_COLUMNS)
    figure = draw_handout(trace, handout_texts())
    assert len(figure.axes) == 1 + 5 * steps


def test_all_texts_are_on_the_page() -> None:
    texts = replace(handout_texts(), title="Ein Titel", tasks=["Eine Aufgabe."])
    written = " ".join(text.get_text() for text in draw_handout(make_trace(), texts).texts)
    assert "Ein Titel" in written
    assert "1. Eine Aufgabe." in written
    assert all(word in written for word, _ in texts.words)


def test_nothing_exceeds_the_page() -> None:
    figure = draw_handout(make_trace(), handout_texts())
    renderer = figure.canvas.get_renderer()
    for text in figure.texts:
        box = text.get_window_extent(renderer)
        assert min(box.x0, box.y0, figure.bbox.x1 - box.x1, figure.bbox.y1 - box.y1) > 0, text.get_text()


def test_text_ends_well_above_the_trace() -> None:
    figure, title = draw_handout(make_trace(), handout_texts()), handout_texts().trace
    places = {text.get_text(): (1 - text.get_position()[1]) * HEIGHT for text in figure.texts}  # inches from the top
    above = max(place for place in places.values() if place < places[title])
    assert places[title] - above > 0.25  # lines of one paragraph are 0.175 apart

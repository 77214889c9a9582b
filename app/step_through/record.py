"""`python -m app.step_through.record`: records the traces of the sample photos by the shipped weights."""

from __future__ import annotations

from app import cache
from app.address import Address
from hsal.paths import PHOTO_WEIGHTS
from hsal.zoo.samples import photo_pixels, sample_photos, write_photo_traces


def main() -> None:
    """Trace every sample photo, with the number of glimpses that the page shows at first."""
    write_photo_traces(
        cache.pixels_trace(PHOTO_WEIGHTS, "sample", name, photo_pixels(name), (), Address.glimpses)
        for name in sample_photos()
    )


if __name__ == "__main__":
    main()

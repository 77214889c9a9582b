// Inferno, the house's scale of saliency, as 256 colors: 33 even places of matplotlib's, and straight lines between.

const PLACES = (
  "000004 040312 0b0724 150b37 210c4a 2f0a5b 3d0965 4a0c6b 57106e 64156e 71196e 7d1e6d " +
  "8a226a 972766 a32c61 b0315b bc3754 c73e4c d24644 db503b e45a31 eb6628 f1731d f68013 " +
  "f98e09 fb9d07 fcac11 fbbc21 f9cb35 f5db4c f2ea69 f3f68a fcffa4"
)
  .split(" ")
  .map((hex) => [0, 2, 4].map((start) => parseInt(hex.slice(start, start + 2), 16)));

const INFERNO = Array.from({ length: 256 }, (_, level) => {
  const place = (level / 255) * (PLACES.length - 1);
  const below = Math.min(PLACES.length - 2, Math.floor(place));
  return PLACES[below].map((low, channel) => low + (PLACES[below + 1][channel] - low) * (place - below));
});

// Three digits that count; what is not quite nothing does not read as nothing.
function readable(value) {
  if (value === 0) return "0";
  if (value < 0.001) return value.toExponential(1);
  return String(Number(value.toPrecision(value >= 0.1 ? 2 : 1)));
}

// matplotlib's inferno, the color scale of saliency: 256 colors interpolated linearly between 33 equidistant ones.

const ANCHORS = (
  "000004 040312 0b0724 150b37 210c4a 2f0a5b 3d0965 4a0c6b 57106e 64156e 71196e 7d1e6d " +
  "8a226a 972766 a32c61 b0315b bc3754 c73e4c d24644 db503b e45a31 eb6628 f1731d f68013 " +
  "f98e09 fb9d07 fcac11 fbbc21 f9cb35 f5db4c f2ea69 f3f68a fcffa4"
)
  .split(" ")
  .map((hex) => [0, 2, 4].map((start) => parseInt(hex.slice(start, start + 2), 16)));

const INFERNO = Array.from({ length: 256 }, (_, level) => {
  const place = (level / 255) * (ANCHORS.length - 1);
  const below = Math.min(ANCHORS.length - 2, Math.floor(place));
  return ANCHORS[below].map((low, channel) => low + (ANCHORS[below + 1][channel] - low) * (place - below));
});

// Two significant digits, or one below 0.1; small values are written in exponential form, never as 0.
function readable(value) {
  if (value === 0) return "0";
  if (value < 0.001) return value.toExponential(1);
  return String(Number(value.toPrecision(value >= 0.1 ? 2 : 1)));
}

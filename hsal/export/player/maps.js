// Small maps (h x w numbers) as small canvases, one pixel per cell; the stage enlarges them.

// matplotlib's inferno at 33 equidistant points; linear interpolation between them is at most 4/255 off.
const INFERNO = (
  "000004 040312 0b0724 150b37 210c4a 2f0a5b 3d0965 4a0c6b 57106e 64156e 71196e 7d1e6d " +
  "8a226a 972766 a32c61 b0315b bc3754 c73e4c d24644 db503b e45a31 eb6628 f1731d f68013 " +
  "f98e09 fb9d07 fcac11 fbbc21 f9cb35 f5db4c f2ea69 f3f68a fcffa4"
)
  .split(" ")
  .map(channels);

// "#0072B2" or "0072B2" -> [0, 114, 178]
function channels(hex) {
  const digits = hex.replace("#", "");
  return [0, 2, 4].map((start) => parseInt(digits.slice(start, start + 2), 16));
}

function translucent(hex, alpha) {
  return `rgba(${channels(hex).join(",")},${alpha})`;
}

function inferno(value) {
  const position = Math.min(1, Math.max(0, value)) * (INFERNO.length - 1);
  const below = Math.min(INFERNO.length - 2, Math.floor(position));
  return INFERNO[below].map((low, channel) => low + (INFERNO[below + 1][channel] - low) * (position - below));
}

function blankCanvas(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

// colorAt(cell) -> [red, green, blue, alpha], each 0..255
function paintCells(canvas, colorAt) {
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(canvas.width, canvas.height);
  for (let cell = 0; cell < canvas.width * canvas.height; cell += 1) pixels.data.set(colorAt(cell), cell * 4);
  context.putImageData(pixels, 0, 0);
  return canvas;
}

// image: {width, height, channels, data}; one channel is gray, three are red, green and blue.
function imageToCanvas({ width, height, channels, data }) {
  const colorAt = (pixel) => [0, 1, 2].map((channel) => data[pixel * channels + Math.min(channel, channels - 1)]);
  return paintCells(blankCanvas(width, height), (pixel) => [...colorAt(pixel), 255]);
}

const decodedPhotos = new Map(); // base64 of a WebP file -> its Image; the newest last
const MAX_PHOTOS = 4;

// The image of a trace as something that can be drawn; null while the browser decodes a photo, and then whenReady(photo).
function drawableImage(image, whenReady) {
  if (!image.webp) return imageToCanvas(image);
  if (decodedPhotos.has(image.webp)) return decodedPhotos.get(image.webp);
  const photo = new Image();
  photo.src = `data:image/webp;base64,${image.webp}`;
  const keep = () => {
    decodedPhotos.set(image.webp, photo);
    if (decodedPhotos.size > MAX_PHOTOS) decodedPhotos.delete(decodedPhotos.keys().next().value);
    whenReady(photo);
  };
  photo.decode().then(keep, () => {}); // without the photo, the stage stays empty
  return null;
}

function interpolated(before, after, progress) {
  return after.map((value, cell) => before[cell] + (value - before[cell]) * progress);
}

// The Gaussians between those of the previous meta-step and those of this one; before the first, all weights are 0.
function interpolatedGaussians(trace, step, progress) {
  const target = trace.steps[step].gaussians;
  const start = trace.steps[step - 1]?.gaussians ?? target.map((gaussian) => ({ ...gaussian, weight: 0 }));
  if (progress >= 1 || start.length !== target.length) return target;
  return target.map((end, index) => {
    const valueOf = (name) => start[index][name] + (end[name] - start[index][name]) * progress;
    return Object.fromEntries(Object.keys(end).map((name) => [name, valueOf(name)]));
  });
}

// During the animation the mask is computed from the interpolated Gaussians; at its end it is the recorded one.
function interpolatedMask(trace, step, progress) {
  if (progress >= 1) return trace.steps[step].mask;
  const gaussians = interpolatedGaussians(trace, step, progress);
  return trace.steps[step].mask.map((_, cell) => {
    const row = Math.floor(cell / trace.columns) + 1;
    const column = (cell % trace.columns) + 1;
    const height = ({ weight, beta, ...center }) =>
      weight * Math.exp(-beta * ((center.row - row) ** 2 + (center.column - column) ** 2));
    return gaussians.reduce((sum, gaussian) => sum + height(gaussian), 0);
  });
}

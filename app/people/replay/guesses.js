// Where the visitor thinks people look, before the scanpaths are shown. Positions are pixels of the photo.

class Guesses {
  constructor(most, places = []) {
    [this.most, this.places, this.aim] = [most, places, null];
  }

  get left() {
    return this.most - this.places.length;
  }

  add(place) {
    if (this.left > 0) this.places = [...this.places, place];
  }

  undo() {
    this.places = this.places.slice(0, -1);
  }

  // The place where a key puts the next guess; it begins in the middle of the photo.
  aimIn({ width, height }) {
    return this.aim ?? [width / 2, height / 2];
  }

  moveAim(right, down, size) {
    const step = size.width / 80;
    const inside = (value, side) => Math.min(Math.max(value, 0), side - 1);
    const [x, y] = this.aimIn(size);
    this.aim = [inside(x + right * step, size.width), inside(y + down * step, size.height)];
  }

  invitation() {
    if (!this.left) return "Now see where the eyes went.";
    if (this.places.length) return `${counted(this.left, "place")} left, in the order in which people would look.`;
    return `Where do people look? Click ${counted(this.left, "place")} on the photo, in order. By keyboard: arrow keys ` +
      "and the space bar.";
  }
}

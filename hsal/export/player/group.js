// All players of a group show the same moment. A trace that ends early stays at its end.

const groups = new Map(); // name -> Group

class Group {
  static join(name, player, moment) {
    if (!groups.has(name)) groups.set(name, new Group(name, moment));
    groups.get(name).players.add(player);
    return groups.get(name);
  }

  constructor(name, moment) {
    this.name = name;
    this.now = moment;
    this.players = new Set();
    this.address = new Address();
    this.playing = false;
  }

  leave(player) {
    this.players.delete(player);
    if (this.players.size) return;
    clearTimeout(this.timer);
    this.address.stop();
    if (groups.get(this.name) === this) groups.delete(this.name);
  }

  // Whether this player handles the keys while no control has the focus.
  leads(player) {
    return this.players.values().next().value === player;
  }

  longest() {
    return [...this.players].reduce((one, other) => (other.moments.length > one.moments.length ? other : one));
  }

  go(target) {
    const last = this.longest().moments.length - 1;
    const next = Math.min(Math.max(Math.trunc(target) || 0, 0), last);
    if (next === this.now) return;
    const animated = next === this.now + 1;
    this.now = next;
    for (const player of this.players) player.follow(next, animated);
    this.address.write(next);
    if (this.playing) this.setPlaying(next < last);
  }

  togglePlay() {
    const last = this.longest().moments.length - 1;
    if (!this.playing && this.now >= last) this.go(0);
    this.setPlaying(!this.playing && last > 0);
  }

  setPlaying(playing) {
    clearTimeout(this.timer);
    this.playing = playing;
    for (const player of this.players) player.showPlaying(playing);
    if (playing) this.timer = setTimeout(() => this.go(this.now + 1), DWELL_MS);
  }
}

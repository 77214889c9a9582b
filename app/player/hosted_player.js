export default hosted(".attention-player", (root, data) => new Player(root, data));

// Play: a GAN of the plane that learns before one's eyes.
import { distance, Gan, LATENT, LOSSES, SHAPES } from "./gan.js";
import { gaussians, generatorOf } from "./networks.js";
import { $, colour, follow, set } from "./page.js";

const HEALTHY = { loss: "least squares", a: 0, b: 1, c: 1, dRate: 2e-3, gRate: 1e-3, dSteps: 1, gSteps: 1, normalized: false };
const PRESETS = {
  healthy: [{}, "Neither network runs away, and the fakes find the eight clusters. If D answered ½ everywhere, what would d1, d2 and g be? How near are they? Compare with collapse."],
  collapse: [{ dRate: 1e-4 }, "D learns too slowly. All fakes crowd where the score is high, and move on when D has noticed. Here d1, d2 and g come to ¼, too. What tells the two apart?"],
  winner: [{ dRate: 5e-3, dSteps: 3, gRate: 2e-6 }, "G hardly learns, so D wins: d1 and d2 fall towards 0, and g climbs towards 1. G's rate is almost 0. Change the loss: at which one do the arrows vanish?"],
  asleep: [{ sleepsAfter: 300 }, "After 300 steps D stops learning, and G learns to please it: g falls and d2 rises. Are the fakes better now?"],
  "too fast": [{ dRate: 1, gRate: 1 }, "The learning rates are hundreds of times too high. Nothing settles. Which number tells you first?"],
  "below the bound": [{ dRate: 1e-3, normalized: true }, "Batch normalisation in D uses the batch's own mean while D learns, and stored averages while G learns. So d2 and g come from two different functions, and √d2 + √g falls below 1. Are the fakes good?"],
};
const SLIDERS = { "label-a": "a", "label-b": "b", "label-c": "c", "d-steps": "dSteps", "g-steps": "gSteps" };
const RATES = { "d-rate": "dRate", "g-rate": "gRate" };
const SHOWN = 512; // points of each kind
const CELLS = 44; // of the heat map, in a row
const REACH = 1.25; // the plane goes from −REACH to REACH

let gan, random, settings, history, smooth, latent, reals, drawing, running, next, rounds, every, seed;

// The state, for tests and for the curious.
export const play = {
  get gan() { return gan; },
  get smooth() { return smooth; },
  get rounds() { return rounds; },
  get distance() { return distance(reals, gan.fakes(latent)); },
  get bound() { return gan.squares(gan.fakes(latent)); },
  start, advance, choose,
};

function realPoints(n) {
  const points = new Float32Array(2 * n);
  const draw = $("shape").value === "drawn" ? fromDrawing : SHAPES[$("shape").value];
  for (let i = 0; i < n; i++) points.set(draw(random), 2 * i);
  return points;
}

function fromDrawing(random) {
  if (!drawing.length) return [0, 0];
  const [x, y] = drawing[Math.floor(random() * drawing.length)];
  const [dx, dy] = gaussians(2, random);
  return [x + 0.02 * dx, y + 0.02 * dy];
}

function start() {
  random = generatorOf(seed);
  gan = new Gan(realPoints, settings, random);
  latent = gaussians(SHOWN * LATENT, random);
  reals = realPoints(SHOWN);
  history = [];
  smooth = {};
  rounds = 0;
  every = 1;
  $("distance").value = "–";
  draw();
}

// One round, or one network's step; the losses of mini-batches are smoothed for the eye.
function advance(step = () => gan.step()) {
  gan.isAsleep = rounds >= settings.sleepsAfter;
  const losses = step();
  for (const [name, value] of Object.entries(losses)) {
    smooth[name] = smooth[name] === undefined ? value : 0.97 * smooth[name] + 0.03 * value;
  }
  if (rounds++ % every === 0) history.push([smooth.d1, smooth.d2, smooth.g]);
  if (history.length > 1500) {
    history = history.filter((_, i) => i % 2 === 0);
    every *= 2;
  }
}

function choose(name) {
  const [changes, words] = PRESETS[name];
  settings = { ...HEALTHY, ...changes };
  seed = 1;
  $("shape").value = "eight clusters";
  $("loss").value = settings.loss;
  $("normalized").checked = settings.normalized;
  for (const [id, key] of Object.entries(SLIDERS)) set(id, settings[key]);
  for (const [id, key] of Object.entries(RATES)) set(id, Math.log10(settings[key]));
  $("says").textContent = words;
  press(name);
  allowLabels();
  start();
}

// Mark the example that is shown; none, once a setting is changed.
function press(name) {
  for (const button of $("presets").children) {
    button.setAttribute("aria-pressed", button.textContent === name);
  }
}

function allowLabels() {
  for (const id of ["label-a", "label-b", "label-c"]) $(id).disabled = settings.loss !== "least squares";
}

function draw() {
  const canvas = $("plane");
  const pen = canvas.getContext("2d");
  const size = canvas.width;
  const at = (value) => ((value + REACH) / (2 * REACH)) * size;
  pen.clearRect(0, 0, size, size);
  drawScores(pen, size);
  const dots = (points, fill) => {
    pen.fillStyle = fill;
    let outside = 0;
    for (let i = 0; i < points.length; i += 2) {
      const [x, y] = [at(points[i]), size - at(points[i + 1])];
      outside += Math.max(Math.abs(points[i]), Math.abs(points[i + 1])) > REACH;
      pen.beginPath();
      pen.arc(x, y, 5, 0, 7);
      pen.fill();
    }
    return outside;
  };
  dots(reals, colour("--real"));
  const fakes = gan.fakes(latent);
  const outside = dots(fakes, colour("--fake"));
  $("outside").textContent = outside ? `${outside} of ${SHOWN} fakes are outside the picture` : "";
  if ($("shape").value === "drawn" && !drawing.length) {
    pen.fillStyle = colour("--ink");
    pen.font = "40px system-ui, sans-serif";
    pen.textAlign = "center";
    pen.fillText("Drag here to draw the real points", size / 2, size / 2);
  }
  drawPushes(pen, at, size, fakes.slice(0, 96));
  drawCurves();
  showNumbers(fakes);
}

// D's score over the plane, from pale (fake) to dark (real).
function drawScores(pen, size) {
  const points = new Float32Array(CELLS * CELLS * 2);
  for (let row = 0; row < CELLS; row++) {
    for (let column = 0; column < CELLS; column++) {
      const i = 2 * (row * CELLS + column);
      points[i] = ((column + 0.5) / CELLS) * 2 * REACH - REACH;
      points[i + 1] = REACH - ((row + 0.5) / CELLS) * 2 * REACH;
    }
  }
  const scores = gan.scores(points).map(gan.loss.toScore);
  const small = new ImageData(CELLS, CELLS);
  scores.forEach((score, i) => {
    const strength = Math.min(Math.max(score, 0), 1);
    small.data.set([60, 130, 180, 150 * strength], 4 * i);
  });
  const tile = new OffscreenCanvas(CELLS, CELLS);
  tile.getContext("2d").putImageData(small, 0, 0);
  pen.imageSmoothingEnabled = true;
  pen.drawImage(tile, 0, 0, size, size);
}

// Where G's loss would move some fakes.
function drawPushes(pen, at, size, fakes) {
  const slopes = gan.inputGradients(gan.scores(fakes), 1);
  pen.strokeStyle = colour("--fake");
  pen.lineWidth = 2.5;
  for (let i = 0; i < fakes.length; i += 2) {
    const length = Math.hypot(slopes[i], slopes[i + 1]);
    if (length < 0.02) continue;
    const scale = -Math.min(0.16, 0.08 * length) / length;
    const [x, y] = [at(fakes[i]), size - at(fakes[i + 1])];
    const [dx, dy] = [(scale * slopes[i] * size) / (2 * REACH), (-scale * slopes[i + 1] * size) / (2 * REACH)];
    pen.beginPath();
    pen.moveTo(x, y);
    pen.lineTo(x + dx, y + dy);
    pen.moveTo(x + 0.6 * dx - 0.25 * dy, y + 0.6 * dy + 0.25 * dx);
    pen.lineTo(x + dx, y + dy);
    pen.lineTo(x + 0.6 * dx + 0.25 * dy, y + 0.6 * dy - 0.25 * dx);
    pen.stroke();
  }
}

function drawCurves() {
  const canvas = $("curves");
  const pen = canvas.getContext("2d");
  const number = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 2 });
  const [left, top, right, bottom] = [64, 14, canvas.width - 12, canvas.height - 34];
  const known = history.flat().filter(Number.isFinite);
  const most = Math.max(1, ...known.slice(-900));
  pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.font = "22px system-ui, sans-serif";
  pen.fillStyle = pen.strokeStyle = colour("--soft");
  pen.lineWidth = 1.5;
  pen.textAlign = "right";
  for (const tick of [0, most / 4, most / 2, most]) {
    const y = bottom - (tick / most) * (bottom - top);
    pen.globalAlpha = 0.35;
    pen.beginPath();
    pen.moveTo(left, y);
    pen.lineTo(right, y);
    pen.stroke();
    pen.globalAlpha = 1;
    pen.fillText(number.format(tick), left - 8, y + 8);
  }
  pen.textAlign = "center";
  pen.fillText(`${rounds} rounds`, (left + right) / 2, canvas.height - 6);
  const styles = [["--real", []], ["--fake", [12, 8]], ["--ink", [3, 7]]];
  styles.forEach(([name, dashes], k) => {
    pen.strokeStyle = colour(name);
    pen.lineWidth = 4;
    pen.setLineDash(dashes);
    pen.beginPath();
    history.forEach((values, i) => {
      if (values[k] === undefined) return;
      const x = left + (i / Math.max(1, history.length - 1)) * (right - left);
      pen.lineTo(x, bottom - (Math.min(values[k], most) / most) * (bottom - top));
    });
    pen.stroke();
  });
  pen.setLineDash([]);
}

function showNumbers(fakes) {
  const { d2, g } = gan.squares(fakes);
  const bound = settings.loss === "least squares" ? Math.abs(settings.c - settings.a) : 1;
  const [one, two, three] = ["d1", "d2", "g"].map((name) => smooth[name]?.toPrecision(2) ?? "–");
  const sleeps = gan.isAsleep ? ", D asleep" : "";
  $("steps").textContent = `round ${rounds}${sleeps}: d1 ${one}, d2 ${two}, g ${three}`;
  const sum = Math.sqrt(d2) + Math.sqrt(g);
  const isBelow = sum < 0.99 * bound;
  const words = isBelow
    ? `${sum.toFixed(2)}: below ${bound.toFixed(1)}! No single D does that`
    : `${sum.toFixed(2)}: never below ${bound.toFixed(1)}`;
  $("bound-says").value = words;
  $("bound").setAttribute("aria-valuenow", sum.toFixed(2));
  $("bound").setAttribute("aria-valuetext", words);
  $("bound").classList.toggle("below", isBelow);
  $("bound").style.setProperty("--value", `${50 * Math.min(sum / Math.max(bound, 0.1), 2)}%`);
  if (rounds % 20 === 0 || !running || $("speed").value !== "fast") {
    $("distance").value = distance(reals.subarray(0, 512), fakes.subarray(0, 512)).toFixed(2);
  }
}

function run(on) {
  running = on;
  $("run").textContent = on ? "Pause" : "Run";
  cancelAnimationFrame(next);
  let last = 0;
  const frame = (now) => {
    if (!running) return;
    const speed = $("speed").value;
    if (speed === "fast") {
      const until = performance.now() + 14;
      do advance(); while (performance.now() < until && settings.dSteps + settings.gSteps);
      draw();
    } else if (now - last > (speed === "slow" ? 700 : 80)) {
      last = now;
      advance();
      draw();
    }
    next = requestAnimationFrame(frame);
  };
  if (on) next = requestAnimationFrame(frame);
}

export function pausePlay() {
  run(false);
}

export function setUpPlay() {
  drawing = [];
  for (const name of [...Object.keys(SHAPES), "drawn"]) $("shape").add(new Option(name === "drawn" ? "draw your own" : name, name));
  for (const name of Object.keys(LOSSES)) $("loss").add(new Option(name));
  for (const name of Object.keys(PRESETS)) {
    const button = document.createElement("button");
    button.textContent = name;
    button.addEventListener("click", () => { choose(name); run(true); });
    $("presets").append(button);
  }
  for (const [id, key] of Object.entries(SLIDERS)) {
    follow(id);
    $(id).addEventListener("input", () => { settings[key] = +$(id).value; smooth = {}; press(); });
  }
  for (const [id, key] of Object.entries(RATES)) {
    follow(id, (value) => (value > -6 ? (10 ** value).toExponential(0) : "0"));
    $(id).addEventListener("input", () => { settings[key] = +$(id).value > -6 ? 10 ** $(id).value : 0; press(); });
  }
  $("loss").addEventListener("change", () => { settings.loss = $("loss").value; press(); allowLabels(); start(); });
  $("normalized").addEventListener("change", () => { settings.normalized = $("normalized").checked; press(); start(); });
  $("shape").addEventListener("change", () => { drawing = []; press(); start(); });
  $("run").addEventListener("click", () => run(!running));
  $("again").addEventListener("click", () => { seed++; start(); });
  const once = (step) => () => { run(false); advance(step); draw(); };
  $("step-d").addEventListener("click", once(() => gan.stepD()));
  $("step-g").addEventListener("click", once(() => gan.stepG()));
  $("step-both").addEventListener("click", once());
  const sketch = (event) => {
    if (!event.buttons || $("shape").value !== "drawn") return;
    const box = $("plane").getBoundingClientRect();
    drawing.push([((event.clientX - box.left) / box.width) * 2 * REACH - REACH, REACH - ((event.clientY - box.top) / box.height) * 2 * REACH]);
    reals = realPoints(SHOWN);
    if (!running) draw();
  };
  $("plane").addEventListener("pointerdown", sketch);
  $("plane").addEventListener("pointermove", sketch);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw());
  choose("healthy");
}

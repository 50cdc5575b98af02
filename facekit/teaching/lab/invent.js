// Invent: the generator that ships, its latent space under sliders.
import { latentPoint, onTheWay, PictureNetwork, toImage } from "./faces.js";
import { layersOf, readNpz } from "./npz.js";
import { $, follow, set } from "./page.js";

const FACES = 8;
const PICKED = 0; // the seed of the face that one sees first

let generator, first, selected, pinned, timer, strolling;

function shifts() {
  return Object.entries(LAB.directions).map(([name, direction]) => [+$(`shift-${name}`).value, direction]);
}

// A latent point under the sliders.
function moved(point) {
  const truncation = +$("truncation").value;
  const result = point.map((value) => truncation * value);
  for (const [strength, direction] of shifts()) {
    if (strength) direction.forEach((value, i) => (result[i] += strength * value));
  }
  return result;
}

function seedOf(number) {
  if (first) return first + number;
  return number ? 100 + number : PICKED;
}

function paint(canvas, point) {
  canvas.getContext("2d").putImageData(toImage(generator.run(point)), 0, 0);
}

// The chosen face at once, the others one by one while the browser has time.
function paintAll() {
  clearTimeout(timer);
  set("walk", 0);
  paint($("face"), moved(latentPoint(seedOf(selected), generator.length)));
  const canvases = [...$("sheet").querySelectorAll("canvas")];
  const following = (number) => {
    if (number === FACES) return;
    paint(canvases[number], moved(latentPoint(seedOf(number), generator.length)));
    timer = setTimeout(following, 0, number + 1);
  };
  timer = setTimeout(following, 60, 0);
}

function select(number) {
  selected = number;
  [...$("sheet").children].forEach((button, i) => button.setAttribute("aria-pressed", i === number));
  $("picked").hidden = Boolean(first) || number > 0;
  $("face").setAttribute("aria-label", `Invented face number ${number + 1}, large`);
  paintAll();
}

function onWalk() {
  if (!pinned) return;
  const start = moved(latentPoint(seedOf(selected), generator.length));
  paint($("face"), onTheWay(start, pinned, +$("walk").value));
}

function stroll(on) {
  strolling = on;
  $("stroll").textContent = on ? "Stop" : "Walk";
  let way = 1;
  const step = () => {
    if (!strolling) return;
    const t = Math.min(Math.max(+$("walk").value + way * 0.02, 0), 1);
    if (t === 0 || t === 1) way = -way;
    set("walk", t);
    requestAnimationFrame(step);
  };
  if (on) step();
}

function save() {
  const large = document.createElement("canvas");
  large.width = large.height = 320;
  large.getContext("2d").drawImage($("face"), 0, 0, 320, 320);
  const link = document.createElement("a");
  link.href = large.toDataURL("image/png");
  link.download = `face-${seedOf(selected)}.png`;
  link.click();
}

export function pauseInvent() {
  stroll(false);
}

// Other weights: a file that somebody chooses.
async function load() {
  const [file] = $("weights").files;
  if (!file) return;
  try {
    use(await networkOf(await file.arrayBuffer()), false);
    $("loaded").textContent = `Now ${file.name} invents. Smile, glasses and youth are directions of the page's own generator.`;
  } catch (error) {
    $("weights").value = "";
    $("loaded").textContent = error.message;
  }
}

async function networkOf(buffer) {
  return new PictureNetwork(layersOf(await readNpz(buffer)));
}

function use(network, isOwn) {
  stroll(false);
  pin(null);
  generator = network;
  $("origin").hidden = !isOwn;
  $("own").hidden = isOwn;
  for (const name of Object.keys(LAB.directions)) $(`shift-${name}`).disabled = !isOwn;
  first = isOwn ? 0 : 1000;
  reset();
  select(0);
}

function reset() {
  for (const name of Object.keys(LAB.directions)) set(`shift-${name}`, 0);
  set("truncation", 0.8);
}

// Keep the face that is shown, or let it go.
function pin(point) {
  pinned = point;
  $("pin").textContent = point ? "Unpin" : "Pin this face";
  $("pinned").hidden = $("walk").disabled = $("stroll").disabled = !point;
  $("pin-says").textContent = point ? "Now choose another face, and walk to the pinned one." : "";
  if (point) paint($("pinned"), point);
  else stroll(false);
}

export async function setUpInvent() {
  const bytes = Uint8Array.from(atob(LAB.generator), (letter) => letter.charCodeAt(0));
  const own = await networkOf(bytes.buffer);
  for (let number = 0; number < FACES; number++) {
    const button = document.createElement("button");
    button.setAttribute("aria-label", `face ${number + 1}`);
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 80;
    button.append(canvas);
    button.addEventListener("click", () => select(number));
    $("sheet").append(button);
  }
  const sliders = ["truncation", ...Object.keys(LAB.directions).map((name) => `shift-${name}`)];
  for (const id of sliders) {
    follow(id, (value) => value.toFixed(2));
    $(id).addEventListener("input", paintAll);
  }
  follow("walk", (value) => value.toFixed(2));
  $("walk").addEventListener("input", onWalk);
  $("stroll").addEventListener("click", () => stroll(!strolling));
  $("others").addEventListener("click", () => {
    first = 1000 + Math.floor(1e6 * Math.random());
    select(0);
  });
  $("pin").addEventListener("click", () => {
    pin(pinned ? null : moved(latentPoint(seedOf(selected), generator.length)));
  });
  $("reset").addEventListener("click", reset);
  $("save").addEventListener("click", save);
  $("weights").addEventListener("change", load);
  $("own").addEventListener("click", () => {
    $("loaded").textContent = $("weights").value = "";
    use(own, true);
  });
  use(own, true);
}

export const invent = { run: (point) => toImage(generator.run(point)).data };

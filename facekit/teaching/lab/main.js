// The page begins here: each part is set up when it is first opened.
import { invent, pauseInvent, setUpInvent } from "./invent.js";
import { tabs } from "./page.js";
import { pausePlay, play, setUpPlay } from "./play.js";

const waiting = { invent: setUpInvent };

tabs((name) => {
  pausePlay();
  pauseInvent();
  waiting[name]?.();
  delete waiting[name];
});
setUpPlay();
window.lab = { play, invent }; // for tests, and for the curious

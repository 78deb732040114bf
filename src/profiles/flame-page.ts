import { createHash } from "node:crypto";
import { type CallNode, callTree, type Frame, functionShares, type ThreadSamples } from "./samples.ts";

/** Frames of less than this share of a thread's samples are left out: nobody sees them, and they make the page large. */
const LEAST_SHARE = 0.0005;
const ROW_PX = 22;
const MOST_FUNCTIONS = 25;

/** A page of flame graphs, one a thread, that needs nothing else: no network, no other file. */
export function flamePage(title: string, about: string, threads: readonly ThreadSamples[]): string {
  const script = createHash("sha256").update(SCRIPT).digest("base64");
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${script}'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
<p>${escaped(about)}</p>
<p>A bar is a function; its width is the share of samples in which it ran, or something that it called. Select a bar to
enlarge it, and the lowest one to see all again.</p>
${threads.map(threadSection).join("\n")}
<script>${SCRIPT}</script>
</body>
</html>
`;
}

function threadSection({ thread, samples }: ThreadSamples): string {
  const { root } = callTree(samples);
  const bars: string[] = [];
  const depth = addBars(root, 0, 0, root.total, bars);
  return `<section>
<h2>${escaped(thread)}</h2>
<p>${samples.length.toLocaleString("en")} samples</p>
<div class="graph" style="height:${(depth + 1) * ROW_PX}px">
${bars.join("\n")}
</div>
${functionTable(samples)}
</section>`;
}

/** Adds a node's bar and those of its callees above it. Returns  the highest row. */
function addBars(node: CallNode, row: number, from: number, all: number, bars: string[]): number {
  if (all === 0) return row;
  const { name } = node.frame;
  const what = `${name}${placeText(node.frame)}: ${percent(node.total, all)}, itself ${percent(node.own, all)}`;
  const left = share(from, all);
  const style = `bottom:${row * ROW_PX}px;left:${left}%;width:${share(node.total, all)}%;--hue:${hueOf(node.frame)}`;
  bars.push(
    `<button style="${style}" data-from="${from}" data-total="${node.total}" data-all="${all}" title="${escaped(what)}">${escaped(name)}</button>`,
  );
  let highest = row;
  let at = from;
  for (const callee of node.callees.toSorted((a, b) => (a.frame.name < b.frame.name ? -1 : 1))) {
    if (callee.total >= all * LEAST_SHARE) highest = Math.max(highest, addBars(callee, row + 1, at, all, bars));
    at += callee.total;
  }
  return highest;
}

function functionTable(samples: ThreadSamples["samples"]): string {
  const rows = functionShares(samples)
    .slice(0, MOST_FUNCTIONS)
    .map(
      ({ frame, own, total }) =>
        `<tr><td>${percent(own, samples.length)}</td><td>${percent(total, samples.length)}</td><td>${escaped(frame.name)}</td><td>${escaped(placeText(frame).trim())}</td></tr>`,
    );
  return `<table>
<thead><tr><th>itself</th><th>with callees</th><th>function</th><th>place</th></tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>`;
}

function placeText({ url, line }: Frame): string {
  if (url === "") return "";
  return line > 0 ? ` ${url}:${line}` : ` ${url}`;
}

/** Functions of a file have one colour. */
function hueOf({ url, name }: Frame): number {
  let hash = 0;
  for (const character of url === "" ? name : url) hash = (hash * 31 + character.codePointAt(0)!) % 360;
  return hash;
}

function share(part: number, all: number): string {
  return ((100 * part) / all).toFixed(4);
}

function percent(part: number, all: number): string {
  return all === 0 ? "0.0 %" : `${((100 * part) / all).toFixed(1)} %`;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #fff; --line: #ccc; --bar: 78%; --text: #111; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e8e8; --paper: #161616; --line: #444; --bar: 32%; --text: #fff; } }
body { background: var(--paper); color: var(--ink); font: 16px/1.4 system-ui, sans-serif; margin: 1rem; }
.graph { position: relative; border: 1px solid var(--line); overflow: hidden; }
.graph button { position: absolute; height: ${ROW_PX}px; padding: 0 4px; border: 1px solid var(--paper); overflow: hidden;
  font: 14px/1 ui-monospace, monospace; text-align: left; white-space: nowrap; text-overflow: ellipsis;
  background: hsl(var(--hue) 55% var(--bar)); color: var(--text); cursor: pointer; box-sizing: border-box; min-width: 0; }
.graph button:focus-visible { outline: 3px solid var(--ink); z-index: 1; }
.graph button[hidden] { display: none; }
table { border-collapse: collapse; margin: 1rem 0 2rem; font-size: 15px; }
th, td { text-align: left; padding: 2px 12px 2px 0; border-bottom: 1px solid var(--line); }
td:nth-child(-n + 2) { text-align: right; }
td:nth-child(n + 3) { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
`;

const SCRIPT = `
for (const graph of document.querySelectorAll(".graph")) {
  graph.addEventListener("click", ({ target }) => {
    if (target.tagName !== "BUTTON") return;
    const from = Number(target.dataset.from);
    const total = Number(target.dataset.total);
    for (const bar of graph.querySelectorAll("button")) {
      const barFrom = Math.max(Number(bar.dataset.from), from);
      const barTo = Math.min(Number(bar.dataset.from) + Number(bar.dataset.total), from + total);
      bar.hidden = barTo <= barFrom;
      bar.style.left = (100 * (barFrom - from)) / total + "%";
      bar.style.width = (100 * (barTo - barFrom)) / total + "%";
    }
  });
}
`;

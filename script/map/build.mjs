// The world map of the register, made once and kept in the repository: pages need no map service and no JavaScript.
//
//   cd script/map && npm ci && node build.mjs
//
// Source: Natural Earth (public domain), 1:50m, as packed by the npm package `world-atlas`. One resolution for the
// whole world: shapes of two resolutions next to each other would leave slivers along their borders.
//
// Writes static/map/world.svg                     one path per country, id = country code; all of them in `#land`
//        cooperation/register/data/map.json       the views of the map, and per country the point for a dot or label:
//                                                 on the map, and on the globe (longitude and latitude) for exports
//
// The paths carry no colour, so a page can write <use href="world.svg#BR" class="…"> and style that.

import { readFileSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { geoEqualEarth, geoPath, geoCentroid } from "d3-geo";
import polylabel from "polylabel";
import { feature, mergeArcs } from "topojson-client";
import { topology as toTopology } from "topojson-server";
import { presimplify, simplify, planarTriangleArea, planarRingArea } from "topojson-simplify";

const require = createRequire(import.meta.url);
const atlas = require("world-atlas/countries-50m.json");
const { numericToAlpha2 } = require("i18n-iso-countries");

const root = new URL("../../", import.meta.url);
const codes = [...readFileSync(new URL("cooperation/register/data/countries.yaml", root), "utf8")
  .matchAll(/^- code: ['"]?([A-Z]{2})\b/gm)].map((match) => match[1]);

// ---------------------------------------------------------------------------------------------- which land is whose

// Natural Earth draws who controls the ground. The register follows the borders the Netherlands recognises, and
// gives overseas parts to their own ISO code. Each rule: from, to, and a box (west, south, east, north) that holds
// the centre of the polygons to hand over.
const HANDED_OVER = [
  ["RU", "UA", [32, 44, 37, 47]], // Crimea
  ["NL", "BQ", [-69, 12, -62, 18]],
  ["FR", "GF", [-55, 2, -51, 6]],
  ["FR", "GP", [-62, 15.7, -61, 16.6]],
  ["FR", "MQ", [-61.3, 14.3, -60.7, 15]],
  ["FR", "RE", [55, -22, 56, -20]],
  ["FR", "YT", [44.9, -13.1, 45.4, -12.5]],
  ["NO", "SJ", [-10, 70.5, -7, 72]], // Jan Mayen
  ["NO", "SJ", [10, 74, 35, 81]], // Svalbard
  ["NZ", "TK", [-173, -10, -171, -8]],
  ["CX", "CC", [96, -13, 98, -11]],
];

// Parts inside a polygon: cut along the line between the two ring points nearest to these, the piece that holds
// `inside` goes to the other code.
const CUT_OFF = [
  { from: "MA", to: "EH", line: [[-8.82, 27.66], [-13.17, 27.66]], inside: [-13.1, 27.1] }, // Western Sahara
  { from: "IL", to: "SY", line: [[35.63, 33.27], [35.61, 32.68]], inside: [35.8, 33] }, // Golan Heights
];

// Shapes of Natural Earth without an ISO number of their own.
const NAMED = {
  "Kosovo": "XK",
  "Somaliland": "SO",
  "N. Cyprus": "CY",
  "Indian Ocean Ter.": "CX",
  "Siachen Glacier": "IN", // held by India, claimed by Pakistan; a hole in the map would help no reader
};

// Points (longitude, latitude) for codes without a shape at this scale, and for those whose largest polygon is not
// where one looks for the country.
const POINTS = {
  BV: [3.36, -54.42],
  GI: [-5.35, 36.14],
  KI: [173, 1.4], // Tarawa; the largest island lies across the map's edge
  TV: [179.2, -8.52],
  UM: [166.62, 19.3], // Wake
};

// ------------------------------------------------------------------------------------------------ the plane of paper

const WIDTH = 1000;
// Turned so that the edge runs through the Bering Strait: Chukotka and Fiji stay whole. `precision(0)`: no extra
// points along a border, which the neighbour would not get.
const projection = geoEqualEarth().rotate([-11.5, 0]).precision(0).fitWidth(WIDTH, { type: "Sphere" });
const project = ([lon, lat]) => projection([lon, lat]);

// The smallest rectangle around some places, in map units.
function around(...places) {
  const points = places.map(project);
  const xs = points.map((point) => point[0]);
  const ys = points.map((point) => point[1]);
  const [x, y] = [Math.floor(Math.min(...xs)), Math.floor(Math.min(...ys))];
  return [x, y, Math.ceil(Math.max(...xs)) - x, Math.ceil(Math.max(...ys)) - y];
}

const [, south] = project([11.5, -90]);
const VIEW_BOX = [0, 0, WIDTH, Math.ceil(south)];
const north = Math.floor(project([11.5, 84])[1]);
const VIEWS = {
  world: [0, north, WIDTH, Math.ceil(project([11.5, -57])[1]) - north], // without Antarctica
  europe: around([-24.5, 65], [-11, 39], [46, 42], [20, 34], [25, 71.5]),
  caribbean: [252, 172, 84, 29], // from Aruba to Sint Maarten, three times as wide as high
};

// How fine the shapes are drawn, in map units. It depends on the point and not on the country, so that neighbours keep
// one border. A bend smaller than a triangle of size `bend` is straightened; an island smaller than `island` is left
// out, unless it is all there is of a country; points fall on a `grid`.
const FINE = { europe: { bend: 0.15, island: 0.1, grid: 0.05 }, caribbean: { bend: 0.1, island: 0.06, grid: 0.02 } };
const COARSE = { bend: 0.4, island: 0.5, grid: 0.1 };
const UNSEEN = { bend: 2, island: 10, grid: 1 }; // Antarctica

const within = ([x, y], [left, top, width, height]) => x >= left && x <= left + width && y >= top && y <= top + height;
function fineness(point) {
  const view = Object.keys(FINE).find((name) => within(point, VIEWS[name]));
  if (view) return FINE[view];
  return within(point, VIEWS.world) ? COARSE : UNSEEN;
}

// ---------------------------------------------------------------------------------------------------------- polygons

const nearest = (ring, [x, y]) => {
  const distances = ring.map((point) => (point[0] - x) ** 2 + (point[1] - y) ** 2);
  return distances.indexOf(Math.min(...distances));
};

function cut(ring, [start, end]) {
  const open = ring.slice(0, -1);
  const [i, j] = [nearest(open, start), nearest(open, end)].sort((a, b) => a - b);
  const close = (points) => [...points, points[0]];
  return [close(open.slice(i, j + 1)), close([...open.slice(j), ...open.slice(0, i + 1)])];
}

function encloses(ring, [x, y]) {
  let odd = false;
  for (let i = 1; i < ring.length; i++) {
    const [[x1, y1], [x2, y2]] = [ring[i - 1], ring[i]];
    if (y1 > y !== y2 > y && x < x1 + ((x2 - x1) * (y - y1)) / (y2 - y1)) odd = !odd;
  }
  return odd;
}

function* polygonsByCode() {
  for (const { id, properties, geometry } of feature(atlas, atlas.objects.countries).features) {
    const code = NAMED[properties.name] ?? numericToAlpha2(id);
    if (!codes.includes(code)) throw new Error(`No code for ${properties.name} (${id})`);
    for (const rings of geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates) {
      const [lon, lat] = geoCentroid({ type: "Polygon", coordinates: rings });
      const handed = HANDED_OVER.find(([from, , [west, south, east, north]]) =>
        from === code && lon > west && lon < east && lat > south && lat < north);
      const cutOff = CUT_OFF.find(({ from, inside }) => from === code && encloses(rings[0], inside));
      if (handed) yield [handed[1], rings];
      else if (cutOff) {
        for (const piece of cut(rings[0], cutOff.line))
          yield [encloses(piece, cutOff.inside) ? cutOff.to : code, [piece]];
      } else yield [code, rings];
    }
  }
}

// Projects one polygon. The edge of the map may cut it, so one can become several: a ring that turns the other way
// than the first is a hole in the one before.
function onPaper(coordinates) {
  const rings = [];
  geoPath(projection, {
    moveTo: (x, y) => rings.push([[x, y]]),
    lineTo: (x, y) => rings.at(-1).push([x, y]),
    closePath: () => rings.at(-1).push([...rings.at(-1)[0]]),
  })({ type: "Polygon", coordinates });
  const polygons = [];
  for (const ring of rings) {
    if (polygons.length && turn(ring) !== turn(rings[0])) polygons.at(-1).push(ring);
    else polygons.push([ring]);
  }
  return polygons;
}

const turn = (ring) => Math.sign(ring.slice(1).reduce((sum, [x, y], i) => sum + ring[i][0] * y - x * ring[i][1], 0));

// ------------------------------------------------------------------------------------------------------------ shapes

function shapes() {
  const polygons = [];
  for (const [code, rings] of polygonsByCode())
    for (const coordinates of onPaper(rings))
      polygons.push({ code, area: planarRingArea(coordinates[0]), geometry: { type: "Polygon", coordinates } });

  const largest = new Map();
  for (const { code, area } of polygons) largest.set(code, Math.max(area, largest.get(code) ?? 0));
  const kept = polygons.filter(({ code, area, geometry }) =>
    area === largest.get(code) || area > fineness(geometry.coordinates[0][0]).island ** 2);

  const weight = (triangle) => planarTriangleArea(triangle) / fineness(triangle[1]).bend ** 2;
  const full = presimplify(toTopology(kept.map((polygon) => polygon.geometry)), weight);
  // Every line keeps its three strongest bends, so that no small country collapses.
  for (const arc of full.arcs)
    for (const point of arc.slice(1, -1).sort((a, b) => b[2] - a[2]).slice(0, 3)) point[2] = Infinity;
  const simple = simplify(full, 1);

  const byCode = new Map();
  kept.forEach(({ code }, i) => byCode.set(code, [...(byCode.get(code) ?? []), simple.objects[i]]));
  // Merging takes away the lines inside a country that consists of several shapes.
  return new Map([...byCode].sort().map(([code, parts]) =>
    [code, feature(simple, mergeArcs(simple, parts)).geometry.coordinates]));
}

// ------------------------------------------------------------------------------------------------------------- output

const round = (value, digits) => Number(value.toFixed(digits));

// A ring on its grid, in whole thousandths, without points that fall on the one before.
function onGrid(ring, gridAt) {
  const snap = (value, grid) => Math.round(Math.round(value / grid) * grid * 1000);
  const points = ring.slice(0, -1).map(([x, y]) => [snap(x, gridAt([x, y])), snap(y, gridAt([x, y]))]);
  return points.filter(([x, y], i) => {
    const [previousX, previousY] = points.at(i - 1);
    return x !== previousX || y !== previousY;
  });
}

// Relative path commands: numbers are differences of rounded points, so that errors do not add up.
function pathData(polygons) {
  let rings = polygons.flat().map((ring) => onGrid(ring, (point) => fineness(point).grid)).filter((ring) => ring.length > 2);
  if (!rings.length) rings = [onGrid(polygons[0][0], () => 0.001)];
  let data = "";
  let [startX, startY] = [0, 0];
  for (const ring of rings) {
    let [x, y] = [startX, startY];
    const numbers = ring.flatMap(([nextX, nextY]) => {
      const step = [nextX - x, nextY - y];
      [x, y] = [nextX, nextY];
      return step;
    });
    [startX, startY] = ring[0];
    data += `m${joined(numbers)}z`;
  }
  return data;
}

// Leaves out what a path does not need: leading zeros, and spaces before a minus sign or a second decimal point.
function joined(numbers) {
  let text = "";
  let previous = "";
  for (const number of numbers) {
    const next = String(number / 1000).replace(/^(-?)0\./, "$1.");
    const touches = !previous || next.startsWith("-") || (next.startsWith(".") && previous.includes("."));
    text += (touches ? "" : " ") + next;
    previous = next;
  }
  return text;
}

function place(code, polygons) {
  const main = polygons?.toSorted((a, b) => planarRingArea(b[0]) - planarRingArea(a[0]))[0];
  const [x, y] = POINTS[code] ? project(POINTS[code]) : polylabel(main, 0.01);
  const extent = (axis) => {
    const values = main[0].map((point) => point[axis]);
    return Math.max(...values) - Math.min(...values);
  };
  const [lon, lat] = POINTS[code] ?? projection.invert([x, y]);
  const size = main ? round(Math.max(extent(0), extent(1)), 1) : 0;
  return { x: round(x, 2), y: round(y, 2), lon: round(lon, 2), lat: round(lat, 2), size };
}

const SMALL = 3; // units; in the world view a smaller country needs a dot

const land = shapes();
const paths = [...land].map(([code, polygons]) =>
  `<path id="${code}" vector-effect="non-scaling-stroke" d="${pathData(polygons)}"/>`);
const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${VIEW_BOX.join(" ")}" fill="#dedace" stroke="#fff" stroke-width=".5">
<g id="land">
${paths.join("\n")}
</g>
</svg>
`;

const places = codes.toSorted().map((code) => {
  const { x, y, lon, lat, size } = place(code, land.get(code));
  return `    "${code}": {"x": ${x}, "y": ${y}, "lon": ${lon}, "lat": ${lat}, "size": ${size}, "small": ${size < SMALL}}`;
});
const views = Object.entries(VIEWS).map(([name, view]) => `    "${name}": "${view.join(" ")}"`);
const json = `{
  "viewBox": "${VIEW_BOX.join(" ")}",
  "views": {
${views.join(",\n")}
  },
  "places": {
${places.join(",\n")}
  }
}
`;

mkdirSync(new URL("static/map/", root), { recursive: true });
writeFileSync(new URL("static/map/world.svg", root), svg);
writeFileSync(new URL("cooperation/register/data/map.json", root), json);
console.log(`${land.size} shapes, ${Math.round(svg.length / 1000)} kB; no shape for ${codes.filter((code) => !land.has(code)).join(" ")}`);

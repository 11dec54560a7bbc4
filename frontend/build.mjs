// Builds what the pages load: npm run build --prefix frontend
//
// In:  frontend/src, the npm packages, and the templates (they decide which CSS rules and icons are kept).
// Out: halkhata/doors/web/static/built/{app.css, app.js, public.css, icons.svg, fonts/*.woff2}
// File names carry no hash: Django's manifest storage adds it. Nothing is fetched; no install script is needed.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";
import { gzipSync } from "node:zlib";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(HERE);
const OUT = join(ROOT, "halkhata", "doors", "web", "static", "built");
const CACHE = join(HERE, "node_modules", ".cache", "halkhata-fonts");
// Windows 7 stopped at Chrome 109 and many shops' PCs with it.
const BROWSERS = ["chrome105", "firefox104", "safari15.6"];

/** Every file below `folder` whose path matches `wanted`, sorted. */
function walk(folder, wanted) {
  const found = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === "node_modules" || entry.name === "built" || entry.name.startsWith(".")) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...walk(path, wanted));
    else if (wanted(path)) found.push(path);
  }
  return found.sort();
}

// ---------------------------------------------------------------- fonts
const span = (first, last) =>
  Array.from({ length: last - first + 1 }, (_, i) => String.fromCodePoint(first + i)).join("");
const WEIGHTS = { wght: { min: 400, max: 700 } };
const FONTS = [
  {
    // Bengali block, danda, joiners and the dotted circle; every layout feature, or conjuncts fall apart.
    file: "bengali.woff2",
    source: "@fontsource-variable/noto-sans-bengali/files/noto-sans-bengali-bengali-wght-normal.woff2",
    text: span(0x980, 0x9fe) + "\u0964\u0965\u200c\u200d\u25cc",
    options: { variationAxes: WEIGHTS, noHinting: true },
  },
  {
    // The taka sign alone, so that an English page with prices does not load the whole Bengali font.
    file: "taka.woff2",
    source: "@fontsource-variable/noto-sans-bengali/files/noto-sans-bengali-bengali-wght-normal.woff2",
    text: "\u09f3",
    options: { variationAxes: WEIGHTS, noHinting: true },
  },
  {
    file: "latin.woff2",
    source: "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
    text: span(0x20, 0x7e) + span(0xa0, 0xff) + "–—‘’“”…•←↑→↓−×\u200b\u202f",
    options: {
      variationAxes: WEIGHTS,
      noHinting: true,
      keepFeatures: ["kern", "tnum", "calt", "ccmp", "locl", "mark", "mkmk"],
    },
  },
];

async function buildFonts(target) {
  const { default: subsetFont } = await import("subset-font");
  const require = createRequire(import.meta.url);
  mkdirSync(CACHE, { recursive: true });
  mkdirSync(join(target, "fonts"), { recursive: true });
  for (const font of FONTS) {
    const source = readFileSync(require.resolve(font.source));
    const key = createHash("sha256").update(source).update(JSON.stringify(font)).digest("hex").slice(0, 24);
    const kept = join(CACHE, `${key}.woff2`);
    if (!existsSync(kept)) {
      writeFileSync(kept, await subsetFont(source, font.text, { targetFormat: "woff2", ...font.options }));
    }
    writeFileSync(join(target, "fonts", font.file), readFileSync(kept));
  }
}

// ---------------------------------------------------------------- icons
// {% icon "x" %}, icon="x", icon_name="x", action_icon="x", {% badge word "tone" "x" %}.
const TEMPLATE_ICONS = /\{%\s*icon\s+["']([a-z0-9-]+)["']|\b(?:\w+_)?icon(?:_name)?=["']([a-z0-9-]+)["']|\{%\s*badge\s+\S+\s+"[a-z]+"\s+"([a-z0-9-]+)"/g;

/** Icon names the pages use: the list in icons.json, and every literal name in a template or in Python. */
function wantedIcons() {
  const names = new Set(JSON.parse(readFileSync(join(HERE, "icons.json"), "utf8")));
  const sources = [
    [walk(join(ROOT, "halkhata"), (p) => p.endsWith(".html")), TEMPLATE_ICONS],
    [walk(join(ROOT, "halkhata"), (p) => p.endsWith(".py") && !p.includes("/tests/")), /\bicon["']?\s*[=:]\s*["']([a-z0-9-]+)["']/g],
  ];
  for (const [files, pattern] of sources) {
    for (const file of files) {
      for (const match of readFileSync(file, "utf8").matchAll(pattern)) names.add(match[1] ?? match[2] ?? match[3]);
    }
  }
  return [...names].sort();
}

function buildIcons(target) {
  const folder = join(HERE, "node_modules", "@tabler", "icons", "icons", "outline");
  const own = join(HERE, "src", "icons");
  const missing = [];
  const symbols = wantedIcons().map((name) => {
    const file = [join(own, `${name}.svg`), join(folder, `${name}.svg`)].find((path) => existsSync(path));
    if (!file) {
      missing.push(name);
      return "";
    }
    const svg = readFileSync(file, "utf8");
    const inner = svg
      .slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"))
      .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, "")
      .replace(/\s*\n\s*/g, "");
    return (
      `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" ` +
      `stroke-linecap="round" stroke-linejoin="round">${inner}</symbol>`
    );
  });
  if (missing.length) throw new Error(`No such icon in Tabler's set: ${missing.join(", ")}`);
  writeFileSync(
    join(target, "icons.svg"),
    `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`,
  );
}

// ---------------------------------------------------------------- styles
/** oklch(L% C Hdeg) as #rrggbb (CSS Color 4, section 10.2), for browsers older than the notation. */
function oklchToHex(lightness, chroma, hue) {
  const angle = (hue * Math.PI) / 180;
  const a = chroma * Math.cos(angle);
  const b = chroma * Math.sin(angle);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return (
    "#" +
    linear
      .map((value) => {
        const clipped = Math.min(1, Math.max(0, value));
        const gamma = clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055;
        return Math.round(gamma * 255).toString(16).padStart(2, "0");
      })
      .join("")
  );
}

function plainColours(value) {
  return value
    .replace(/oklch\(([\d.]+)% ([\d.]+) ([\d.]+|none)(?:deg)?\)/g, (_, l, c, h) =>
      oklchToHex(Number(l) / 100, Number(c), h === "none" ? 0 : Number(h)),
    )
    .replace(/oklch\(from (var\([^)]+\)) calc\(l - [\d.]+\) c h\)/g, "color-mix(in srgb, $1 86%, #000)")
    .replace(/oklch\(from (var\([^)]+\)) calc\(l \+ [\d.]+\) c h\)/g, "color-mix(in srgb, $1 90%, #fff)");
}

/** The light or the dark side (0 or 1) of every light-dark(a, b) in a value. */
function pickSide(value, side) {
  for (let at = value.indexOf("light-dark("); at >= 0; at = value.indexOf("light-dark(")) {
    let depth = 0;
    let comma = -1;
    let end = at + "light-dark".length;
    for (; end < value.length; end++) {
      if (value[end] === "(") depth++;
      else if (value[end] === ")" && --depth === 0) break;
      else if (value[end] === "," && depth === 1) comma = end;
    }
    const sides = [value.slice(at + "light-dark(".length, comma), value.slice(comma + 1, end)];
    value = value.slice(0, at) + sides[side].trim() + value.slice(end + 1);
  }
  return value;
}

const OTHER_THEMES = /data-theme=|data-bs-navbar-theme|\.theme-dark|\.theme-light|body\[data-bs-theme/;
const IS_ROOT = /^(:root|:host|html|\[data-bs-theme(=["']?light["']?)?\])$/;
const DARK = "[data-bs-theme=dark]";
const AUTO = "[data-bs-theme=auto]";

/**
 * Three themes (light, dark, auto) out of Tabler's two, with no script and no flash: each dark rule is repeated for
 * `auto` inside prefers-color-scheme, and light-dark() is taken apart for browsers that do not know it.
 */
function themes(postcss) {
  return {
    postcssPlugin: "halkhata-themes",
    Once(root) {
      const rules = [];
      root.walkRules((rule) => {
        if (rule.parent.type === "atrule" && rule.parent.name.endsWith("keyframes")) return;
        const kept = rule.selectors.filter((selector) => !OTHER_THEMES.test(selector));
        if (!kept.length) return void rule.remove();
        if (kept.length < rule.selectors.length) rule.selectors = kept;
        rules.push(rule);
      });
      const repeatForAuto = (rule) => {
        const media = postcss.atRule({ name: "media", params: "(prefers-color-scheme: dark)" });
        const copy = rule.clone();
        copy.selectors = copy.selectors.map((selector) => selector.replaceAll(/\[data-bs-theme=["']?dark["']?\]/g, AUTO));
        media.append(copy);
        rule.after(media);
      };
      for (const rule of rules) {
        rule.walkDecls((decl) => {
          decl.value = plainColours(decl.value);
        });
        const dark = rule.selectors.filter((selector) => /data-bs-theme=["']?dark/.test(selector));
        if (dark.length) {
          const only = rule.clone();
          only.selectors = dark;
          if (dark.length === rule.selectors.length) repeatForAuto(rule);
          else {
            rule.after(only);
            repeatForAuto(only);
          }
          continue;
        }
        const twoSided = rule.nodes.filter((node) => node.type === "decl" && node.value.includes("light-dark("));
        if (!twoSided.length) continue;
        const night = postcss.rule({
          selectors: [...new Set(rule.selectors.map((s) => (IS_ROOT.test(s) ? DARK : `${DARK} ${s}`)))],
        });
        for (const decl of twoSided) {
          night.append(decl.clone({ value: pickSide(decl.value, 1) }));
          decl.value = pickSide(decl.value, 0);
        }
        rule.after(night);
        repeatForAuto(night);
      }
    },
  };
}

function classSources() {
  const python = /((charts|forms|widgets|panels|fields)[^/]*(\/[^/]+)?|templatetags(\/[^/]+){1,2})\.py$/;
  return [
    ...walk(join(ROOT, "halkhata"), (path) => path.endsWith(".html")),
    ...walk(join(ROOT, "halkhata"), (path) => python.test(path) && !path.includes("/tests/")),
    ...walk(join(HERE, "src"), (path) => path.endsWith(".js")),
  ].map((path) => ({ raw: readFileSync(path, "utf8"), extension: path.split(".").pop() }));
}

async function buildStyles(target, entry, sources) {
  const esbuild = await import("esbuild");
  const { PurgeCSS } = await import("purgecss");
  const { default: postcss } = await import("postcss");
  const bundled = await esbuild.build({
    entryPoints: [join(HERE, "src", entry)],
    bundle: true,
    write: false,
    external: ["*.woff2", "*.svg"],
    logLevel: "warning",
  });
  const [purged] = await new PurgeCSS().purge({
    content: sources,
    css: [{ raw: bundled.outputFiles[0].text }],
    defaultExtractor: (text) => text.match(/[A-Za-z0-9_-]+(?:\/[A-Za-z0-9]+)?/g) ?? [],
    keyframes: true,
    variables: false,
    // Our own rules (names are put together in templates: hk-badge-…), and what scripts and the theme switch set.
    safelist: {
      standard: ["html", "body", "has-js", "visually-hidden", /^htmx-/, /^hk-/, /^is-/, /^bar-/, /^btn-(primary|quiet|danger|note|icon|sm)$/],
      greedy: [/data-bs-theme/],
    },
  });
  let css = postcss([themes(postcss)]).process(purged.css, { from: undefined }).css;
  css = dropUnusedVariables(css);
  const minified = await esbuild.transform(css, { loader: "css", minify: true, target: BROWSERS, legalComments: "none" });
  writeFileSync(join(target, entry), minified.code);
}

/** Custom properties that nothing reads any more, after the rules that read them were purged. */
function dropUnusedVariables(css) {
  for (;;) {
    const used = new Set([...css.matchAll(/var\(\s*(--[\w-]+)/g)].map((match) => match[1]));
    const next = css.replace(/^\s*(--[\w-]+)\s*:[^;{}]*;\s*$/gm, (line, name) => (used.has(name) ? line : ""));
    if (next === css) return css;
    css = next;
  }
}

async function buildScripts(target) {
  const esbuild = await import("esbuild");
  await esbuild.build({
    entryPoints: [join(HERE, "src", "app.js")],
    outfile: join(target, "app.js"),
    bundle: true,
    minify: true,
    format: "iife",
    target: BROWSERS,
    legalComments: "none",
    logLevel: "warning",
  });
}

// ---------------------------------------------------------------- run
if (!isMainThread) {
  await buildFonts(workerData.target);
  parentPort.postMessage("done");
} else {
  const started = Date.now();
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  // Fonts take a second of pure computing: they run beside the rest.
  const fonts = new Promise((resolve, reject) => {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { target: OUT } });
    worker.on("message", resolve);
    worker.on("error", reject);
  });
  const sources = classSources();
  buildIcons(OUT);
  writeFileSync(join(OUT, "logo.svg"), readFileSync(join(HERE, "src", "logo.svg")));
  await Promise.all([
    buildScripts(OUT),
    buildStyles(OUT, "app.css", sources),
    buildStyles(OUT, "public.css", sources),
    fonts,
  ]);
  for (const path of walk(OUT, (p) => statSync(p).isFile())) {
    const bytes = readFileSync(path);
    const size = path.endsWith(".woff2") ? bytes.length : gzipSync(bytes, { level: 9 }).length;
    console.log(`${relative(OUT, path).padEnd(24)} ${(size / 1000).toFixed(1).padStart(7)} kB`);
  }
  console.log(`built in ${Date.now() - started} ms`);
}

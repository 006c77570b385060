// A browser that looks at pages as people do: in both languages, wide, narrow and printed.
// usage: node look.mjs PLAN.json   (run by trials/tests/pages.rs)
//
// PLAN: {"base", "modules", "chromium", "screenshots", "absent": [paths], "views": [{"name", "path", "status",
//        "cookies": [..], "type": {"#id": text}, "press": "selector", "contains": {"zh": text, "en": text}}]}
//
// Each view is opened and held to: its status; no error in the console; the language it says; one h1 and headings in
// order; nothing wider than the window; a label for every control; every control reached by the Tab key, with a
// visible focus; no violation that axe-core finds under WCAG 2.2 A and AA. Links of all pages must answer 200; paths
// under "absent" may also be missing. Prints what is wrong, one line each; exit status 1 if there is a line.
import { createRequire } from 'node:module';
import { mkdirSync, readFileSync } from 'node:fs';

const plan = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const load = createRequire(plan.modules + '/');
const { chromium } = load('playwright-core');
const axe = readFileSync(load.resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const SIZES = { wide: { width: 1280, height: 900 }, narrow: { width: 390, height: 844 } };
const TABS_MAX = 400;
const wrong = [];
const links = new Map();
mkdirSync(plan.screenshots, { recursive: true });

const browser = await chromium.launch({
  executablePath: plan.chromium,
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--font-render-hinting=none'],
});

for (const view of plan.views) {
  for (const language of ['zh', 'en']) {
    for (const [size, viewport] of Object.entries(SIZES)) {
      await look(view, language, size, viewport);
    }
  }
}
await follow();
await browser.close();
for (const line of wrong) console.log(line);
console.log(`${plan.views.length} views, ${links.size} links, ${wrong.length} wrong`);
process.exit(wrong.length ? 1 : 0);

async function look(view, language, size, viewport) {
  const name = `${view.name}-${language}-${size}`;
  const say = (text) => wrong.push(`${name}: ${text}`);
  const context = await browser.newContext({
    viewport,
    colorScheme: view.scheme ?? 'light',
    timezoneId: 'Asia/Shanghai',
    locale: language === 'zh' ? 'zh-CN' : 'en-GB',
  });
  if (view.cookies) await context.addCookies(view.cookies);
  const page = await context.newPage();
  const expected = view.status ?? 200;
  page.on('console', (message) => {
    const resource = expected >= 400 && message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !resource) say(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => say(`script: ${error}`));
  const mark = view.path.includes('?') ? '&' : '?';
  let response = await page.goto(`${plan.base}${view.path}${mark}lang=${language}`);
  if (view.press) {
    for (const [selector, text] of Object.entries(view.type ?? {})) await page.fill(selector, text);
    [response] = await Promise.all([page.waitForNavigation(), page.click(view.press)]);
  }
  if (response.status() !== expected) say(`status ${response.status()}, not ${expected}`);
  for (const line of await page.evaluate(structure, language)) say(line);
  const text = view.contains?.[language];
  if (text && !(await page.textContent('main')).includes(text)) say(`does not say ${text}`);
  await page.screenshot({ path: `${plan.screenshots}/${name}.png`, fullPage: true });
  await page.evaluate(axe);
  const found = await page.evaluate((tags) => axe.run({ runOnly: { type: 'tag', values: tags } }), RULES);
  for (const one of found.violations) {
    for (const node of one.nodes) say(`axe ${one.id}: ${node.html} ${node.failureSummary.replace(/\s+/g, ' ')}`);
  }
  for (const line of await keyboard(page)) say(line);
  for (const href of await page.$$eval('a[href]', (all) => all.map((one) => one.href))) {
    // A page that is an error is one in the other language too.
    const itself = expected !== 200 && new URL(href).pathname === view.path;
    if (href.startsWith(plan.base) && !itself) links.set(href.split('#')[0], name);
  }
  if (size === 'wide') {
    await page.emulateMedia({ media: 'print' });
    await page.setViewportSize({ width: 794, height: 1123 });
    await page.screenshot({ path: `${plan.screenshots}/${view.name}-${language}-print.png`, fullPage: true });
    if (!(await page.isVisible('.printed'))) say('print does not say where it comes from');
  }
  await context.close();
}

// Runs in the page.
function structure(language) {
  const wrong = [];
  const root = document.documentElement;
  if (!root.lang.startsWith(language)) wrong.push(`is in ${root.lang}`);
  if (root.scrollWidth > root.clientWidth) {
    const wide = [...document.querySelectorAll('main *, header *, footer *')].filter(
      (one) => one.getBoundingClientRect().right > root.clientWidth + 1 && !one.closest('.unseen'),
    );
    wrong.push(`is ${root.scrollWidth} wide in ${root.clientWidth}: ${wide.slice(0, 3).map((one) => one.outerHTML.slice(0, 80))}`);
  }
  const headings = [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map((one) => Number(one.tagName[1]));
  if (headings.filter((level) => level === 1).length !== 1) wrong.push('has not one h1');
  // An error summary stands above the h1.
  const below = [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].filter((one) => !one.closest('.errors'));
  below.reduce((before, one) => {
    const level = Number(one.tagName[1]);
    if (level > before + 1) wrong.push(`heading ${one.textContent} jumps from ${before} to ${level}`);
    return level;
  }, 0);
  for (const control of document.querySelectorAll('input:not([type=hidden]), select, textarea')) {
    if (!control.labels?.length) wrong.push(`no label: ${control.outerHTML.slice(0, 100)}`);
  }
  const ids = [...document.querySelectorAll('[id]')].map((one) => one.id);
  for (const id of new Set(ids)) if (ids.filter((one) => one === id).length > 1) wrong.push(`id ${id} twice`);
  for (const anchor of document.querySelectorAll('a[href^="#"]')) {
    if (!document.getElementById(anchor.getAttribute('href').slice(1))) wrong.push(`leads nowhere: ${anchor.outerHTML}`);
  }
  return wrong;
}

async function keyboard(page) {
  await page.evaluate(() => {
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute('tabindex');
    window.reached = new Set();
  });
  const wrong = new Set();
  for (let tab = 0; tab < TABS_MAX; tab += 1) {
    await page.keyboard.press('Tab');
    const state = await page.evaluate(() => {
      const here = document.activeElement;
      if (!here || here === document.body) return 'end';
      const again = window.reached.has(here);
      window.reached.add(here);
      const style = getComputedStyle(here);
      if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) return `focus is not seen: ${here.outerHTML.slice(0, 100)}`;
      return again && here.type !== 'datetime-local' && here.type !== 'date' ? 'end' : 'on';
    });
    if (state === 'end') break;
    if (state !== 'on') wrong.add(state);
  }
  const missed = await page.evaluate(() => {
    const all = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')];
    const groups = new Set([...window.reached].filter((one) => one.type === 'radio').map((one) => one.name));
    const reached = (one) => window.reached.has(one) || (one.type === 'radio' && groups.has(one.name));
    return all.filter((one) => one.checkVisibility() && !reached(one)).map((one) => `Tab does not reach ${one.outerHTML.slice(0, 100)}`);
  });
  return [...wrong, ...missed];
}

async function follow() {
  const context = await browser.newContext();
  for (const [href, from] of links) {
    const path = href.slice(plan.base.length);
    const response = await context.request.get(href, { headers: { accept: 'text/html' } });
    const absent = response.status() === 404 && plan.absent.includes(path.split('?')[0]);
    if (response.status() !== 200 && !absent) wrong.push(`${from}: ${path} answers ${response.status()}`);
  }
}

// A browser that several people use at once, told line by line what each does.
// usage: node play.mjs MODULES CHROMIUM   (run by trials/src/stage.rs)
//
// A line of JSON comes in for each act, and one goes out: {"status", "path", "lang", "text", "html"}, or {"wrong"}.
//   {"who", "act": "enter", "base", "locale", "certificate", "key"}   a browser of one's own, with a client certificate
//   {"who", "act": "open", "path"}                                     a page
//   {"who", "act": "fill", "selector", "value"}                        a control: text, choice or list
//   {"who", "act": "press", "selector"}                                a button or a link that leads on
//   {"who", "act": "send", "path", "form"}                             a request with the cookies and without a page
//   {"who", "act": "shot", "file"}                                     a screenshot, for people
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const [modules, executablePath] = process.argv.slice(2);
const { chromium } = createRequire(modules + '/')('playwright-core');
const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--font-render-hinting=none'],
});
const people = new Map();

const acts = {
  async enter({ who, base, locale, certificate, key }) {
    const context = await browser.newContext({
      locale,
      viewport: { width: 1280, height: 900 },
      timezoneId: 'Asia/Shanghai',
      // The door's authority is not one that browsers know.
      ignoreHTTPSErrors: true,
      clientCertificates: certificate ? [{ origin: base, certPath: certificate, keyPath: key }] : undefined,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(15000);
    people.set(who, { base, context, page });
    return {};
  },
  async open({ who, path }) {
    const { base, page } = people.get(who);
    return shown(who, await page.goto(base + path));
  },
  async fill({ who, selector, value }) {
    const { page } = people.get(who);
    const control = page.locator(selector).first();
    const kind = await control.evaluate((one) => (one.tagName === 'SELECT' ? 'select' : one.type));
    if (kind === 'select') await control.selectOption(value);
    else if (kind === 'radio') await page.locator(`${selector}[value="${value}"]`).check();
    else await control.fill(value);
    return {};
  },
  async press({ who, selector }) {
    const { page } = people.get(who);
    const [response] = await Promise.all([page.waitForNavigation(), page.locator(selector).first().click()]);
    return shown(who, response);
  },
  async send({ who, path, form }) {
    const { base, context } = people.get(who);
    const response = await (form ? context.request.post(base + path, { form }) : context.request.get(base + path));
    return { status: response.status(), path, lang: '', text: await response.text(), html: '' };
  },
  async shot({ who, file }) {
    await people.get(who).page.screenshot({ path: file, fullPage: true });
    return {};
  },
};

async function shown(who, response) {
  const { base, page } = people.get(who);
  const [lang, text] = await page.evaluate(() => [
    document.documentElement.lang,
    document.querySelector('main')?.innerText ?? document.body.innerText,
  ]);
  return { status: response.status(), path: page.url().replace(base, ''), lang, text, html: await page.content() };
}

for await (const line of createInterface({ input: process.stdin })) {
  const told = JSON.parse(line);
  let answer;
  try {
    answer = await acts[told.act](told);
  } catch (why) {
    answer = { wrong: `${line}: ${why}` };
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
}
await browser.close();

// A browser with an authenticator of its own: does what it is told, one line of JSON in, one line of JSON out.
// usage: node passkeys.mjs PLAN.json   (run by trials/src/authenticator.rs)
//
// PLAN: {"base", "modules", "chromium"}. Commands: ["come-in", token] ["register"] ["log-out"] ["log-in"] ["replay"]
// ["elsewhere", other base] ["cookie"] ["stop"]. Each answer: {"status", "path", "text"} of the page where it ended,
// or {"cookie"}. The authenticator is chromium's virtual one (DevTools protocol, domain WebAuthn): it verifies its
// holder, keeps resident keys and counts its signatures.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const plan = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { chromium } = createRequire(plan.modules + '/')('playwright-core');
const browser = await chromium.launch({
  executablePath: plan.chromium,
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--ignore-certificate-errors'],
});
const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'en-GB' });
const page = await context.newPage();
const devtools = await context.newCDPSession(page);
await devtools.send('WebAuthn.enable');
await devtools.send('WebAuthn.addVirtualAuthenticator', {
  options: {
    protocol: 'ctap2',
    transport: 'internal',
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  },
});
const errors = [];
page.on('pageerror', (error) => errors.push(String(error)));
page.on('console', (message) => {
  if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) errors.push(message.text());
});
let sent = '';
page.on('request', (request) => {
  if (request.method() === 'POST' && request.url().endsWith('/login/passkey')) sent = request.postData();
});

const go = (path, base = plan.base) => page.goto(base + path);
const press = async (selector) => {
  const [response] = await Promise.all([page.waitForNavigation(), page.click(selector)]);
  return response;
};
const told = async (response) => ({
  status: response.status(),
  path: new URL(page.url()).pathname + new URL(page.url()).search,
  text: await page.textContent('main'),
  errors,
});
// Sends a form of these fields from a page of the service.
const posted = async (fields) => {
  await go('/login');
  const build = (fields) => {
    const form = Object.assign(document.createElement('form'), { method: 'post', action: '/login/passkey' });
    for (const [name, value] of fields) form.append(Object.assign(document.createElement('input'), { name, value }));
    document.body.append(form);
    form.submit();
  };
  const [response] = await Promise.all([page.waitForNavigation(), page.evaluate(build, fields)]);
  return told(response);
};

const ACTS = {
  'come-in': async (token) => {
    await go('/login');
    await page.fill('#token', token);
    return told(await press('form[action="/login/token"] button'));
  },
  register: async () => {
    await go('/passkeys');
    await press('main a[href="/passkeys/new"]');
    return told(await press('form[data-passkey] button'));
  },
  'log-out': async () => {
    await go('/logout');
    return told(await press('main form[action="/logout"] button'));
  },
  'log-in': async () => {
    await go('/login?next=/sessions');
    await press('main a[href^="/login/passkey"]');
    return told(await press('form[data-passkey] button'));
  },
  replay: () => posted([...new URLSearchParams(sent)]),
  // A page of another name asks for the same relying party's key, with a challenge of ours, and sends the answer to us.
  elsewhere: async (base) => {
    await go('/login/passkey');
    const challenge = await page.getAttribute('form[data-passkey]', 'data-challenge');
    await go('/help', base);
    const fields = await page.evaluate(async ([challenge, party]) => {
      const octets = Uint8Array.from(atob(challenge.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0));
      const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
      const { rawId, response } = await navigator.credentials.get({ publicKey: { rpId: party, challenge: octets, userVerification: 'required' } });
      return {
        credential: text(rawId),
        client_data: text(response.clientDataJSON),
        authenticator_data: text(response.authenticatorData),
        signature: text(response.signature),
        user_handle: text(response.userHandle),
      };
    }, [challenge, new URL(plan.base).hostname]);
    return posted(Object.entries(fields));
  },
  cookie: async () => ({ cookie: (await context.cookies(plan.base)).find((one) => one.name.endsWith('hefu-session'))?.value }),
};

for await (const line of createInterface({ input: process.stdin })) {
  const [act, ...rest] = JSON.parse(line);
  if (act === 'stop') break;
  const answer = await ACTS[act](...rest).catch((why) => ({ failed: String(why), errors }));
  console.log(JSON.stringify(answer));
}
await browser.close();
process.exit(0);

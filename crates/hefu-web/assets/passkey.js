// Passkeys in the browser: asks an authenticator, puts its answer into the form of the page, sends the form.
// The only script of the site; the server verifies everything that it sends (W3C Web Authentication, Level 2).
(() => {
  'use strict';

  // The server's challenge is good for a minute; a page that is older gets a new one first.
  const FRESH_MS = 50_000;
  const ES256 = -7;

  const form = document.querySelector('form[data-passkey]');
  const known = form.dataset;
  const loaded = performance.now();

  const octets = (text) =>
    Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replaceAll('=', '');

  const say = (what) => {
    for (const one of document.querySelectorAll('[data-says]')) one.hidden = one.dataset.says !== what;
  };

  const make = async () => {
    const { response } = await navigator.credentials.create({
      publicKey: {
        rp: { id: known.party, name: known.partyName },
        user: { id: octets(known.user), name: known.userName, displayName: known.userName },
        challenge: octets(known.challenge),
        pubKeyCredParams: [{ type: 'public-key', alg: ES256 }],
        timeout: FRESH_MS,
        excludeCredentials: known.exclude
          .split(' ')
          .filter(Boolean)
          .map((id) => ({ type: 'public-key', id: octets(id) })),
        authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
        attestation: 'none',
      },
    });
    return { client_data: response.clientDataJSON, authenticator_data: response.getAuthenticatorData() };
  };

  const use = async () => {
    const { rawId, response } = await navigator.credentials.get({
      publicKey: {
        rpId: known.party,
        challenge: octets(known.challenge),
        timeout: FRESH_MS,
        userVerification: 'required',
      },
    });
    return {
      credential: rawId,
      client_data: response.clientDataJSON,
      authenticator_data: response.authenticatorData,
      signature: response.signature,
      user_handle: response.userHandle ?? new ArrayBuffer(0),
    };
  };

  const SAYS = { NotAllowedError: 'stopped', AbortError: 'stopped', InvalidStateError: 'held', SecurityError: 'wrong-place' };

  const start = async (event) => {
    event.preventDefault();
    if (performance.now() - loaded > FRESH_MS) {
      location.reload();
      return;
    }
    say('');
    try {
      const answer = known.passkey === 'make' ? await make() : await use();
      for (const [name, value] of Object.entries(answer)) form.elements[name].value = text(value);
      form.submit();
    } catch (why) {
      say(SAYS[why.name] ?? 'failed');
    }
  };

  if (!window.PublicKeyCredential || !window.AuthenticatorAttestationResponse?.prototype.getAuthenticatorData) {
    say('cannot');
    return;
  }
  form.addEventListener('submit', start);
  form.hidden = false;
})();

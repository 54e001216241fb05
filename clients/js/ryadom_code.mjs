/**
 * The turning code of a Ryadom card, made on the phone itself: no network, no dependency.
 *
 *     import { token, msLeft } from "./ryadom_code.mjs";
 *     const card = { handle, generation, qr_secret };   // as activation answered it, once
 *     draw(await token(card, now));                     // text of the QR, in capitals
 *     setTimeout(again, msLeft(now));                   // the next code begins then
 *
 * `now` is milliseconds since 1970 (Date.now()); a phone whose clock is wrong adds the difference
 * that `clockError` measures while there is a network. docs/phone-code.md says the rest.
 */

export const STEP_MS = 30_000;

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const CODE_BYTES = 10;
const text = new TextEncoder();

/** The number of the 30-second step a moment falls into. */
export function stepAt(now) {
  return Math.floor(now / STEP_MS);
}

/** How many milliseconds the code of this moment is still the newest. */
export function msLeft(now) {
  return STEP_MS - (((now % STEP_MS) + STEP_MS) % STEP_MS);
}

/** The code of one step: 80 bits of HMAC-SHA256 as 16 letters and digits. */
export async function code(secret, step) {
  const { subtle } = globalThis.crypto;
  const hash = { name: "HMAC", hash: "SHA-256" };
  // The secret is taken as the text it is, not as the bytes it spells.
  const key = await subtle.importKey("raw", text.encode(secret), hash, false, ["sign"]);
  const digest = await subtle.sign("HMAC", key, text.encode(String(step)));
  return base32(new Uint8Array(digest).slice(0, CODE_BYTES));
}

/** The text of the QR that a phone shows at a moment. */
export async function token(card, now = Date.now()) {
  const turning = await code(card.qr_secret, stepAt(now));
  return `RR.${card.handle}.${card.generation}.${turning}`;
}

/**
 * How far the phone's clock is from ours, to be added to Date.now(): `date` is the `Date` header of
 * any answer, `asked` and `answered` are the phone's clock before and after.
 */
export function clockError(date, asked, answered) {
  // The header has whole seconds: its middle is half a second on.
  return Date.parse(date) + 500 - (asked + answered) / 2;
}

function base32(bytes) {
  let letters = "";
  let bits = 0;
  let waiting = 0;
  for (const byte of bytes) {
    waiting = (waiting << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) {
      letters += ALPHABET[(waiting >> (bits - 5)) & 31];
    }
    waiting &= (1 << bits) - 1;
  }
  return letters;
}

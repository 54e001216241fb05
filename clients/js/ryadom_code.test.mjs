// node --test clients/js/ryadom_code.test.mjs
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { clockError, code, msLeft, stepAt, token } from "./ryadom_code.mjs";

const vectors = JSON.parse(readFileSync(new URL("vectors.json", import.meta.url), "utf-8"));

for (const each of vectors) {
  test(`the code at ${each.now_ms}`, async () => {
    assert.equal(stepAt(each.now_ms), each.step);
    assert.equal(await code(each.qr_secret, each.step), each.code);
    assert.equal(await token(each, each.now_ms), each.token);
  });
}

test("a code lasts to the end of its step", () => {
  assert.equal(msLeft(1_790_000_010_000), 30_000);
  assert.equal(msLeft(1_790_000_039_999), 1);
  assert.equal(stepAt(1_790_000_039_999), stepAt(1_790_000_010_000));
});

test("a phone that is two minutes late learns it from any answer", () => {
  const late = Date.parse("Mon, 21 Sep 2026 14:13:30 GMT") - 120_000;
  const error = clockError("Mon, 21 Sep 2026 14:13:30 GMT", late - 200, late + 200);
  assert.equal(error, 120_500);
});

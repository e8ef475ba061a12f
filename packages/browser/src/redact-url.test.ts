import { describe, expect, it } from "@jest/globals";
import { redactUrl, redactUrlsIn } from "./redact-url.ts";

const token = "eyJhbGciOiJIUzI1NiJ9x0123456789";

describe("redactUrl", () => {
  it.each([
    ["https://shop.example/a/b", "https://shop.example/a/b"],
    ["https://ann:secret@shop.example/", "https://shop.example/"],
    ["https://shop.example:8443/a", "https://shop.example:8443/a"],
    ["https://shop.example/?utm_source=mail&ref=x", "https://shop.example/?utm_source=mail&ref=x"],
    ["https://shop.example/?q=my+illness&page=2", "https://shop.example/?q=redacted&page=redacted"],
    ["https://shop.example/?flag", "https://shop.example/?flag"],
    [`https://shop.example/?${token}`, "https://shop.example/?redacted"],
    [`https://shop.example/?utm_source=${token}`, "https://shop.example/?utm_source=redacted"],
    ["https://shop.example/?a=b=c", "https://shop.example/?a=redacted"],
    [`https://shop.example/-/share/abc`, "https://shop.example/-/share/redacted"],
    [`https://shop.example/x/${token}/y`, "https://shop.example/x/redacted/y"],
    ["https://shop.example/u/ann@example.org", "https://shop.example/u/redacted"],
    ["https://shop.example/u/ann%40example.org", "https://shop.example/u/redacted"],
    [
      "https://shop.example/p/0b7a2d6c-9d1e-4c55-8a3e-2f1f0c9d8e7a",
      "https://shop.example/p/0b7a2d6c-9d1e-4c55-8a3e-2f1f0c9d8e7a",
    ],
    [
      "https://shop.example/assets/index-BX3k29dkfj3920dk.js",
      "https://shop.example/assets/index-BX3k29dkfj3920dk.js",
    ],
    [
      "https://shop.example/blog/how-to-install-postgres-16-on-debian-12",
      "https://shop.example/blog/how-to-install-postgres-16-on-debian-12",
    ],
    ["https://shop.example/r/V1StGXR8_Z5jdHi6B-myT", "https://shop.example/r/redacted"],
    ["https://shop.example/r/d41d8cd98f00b204e980", "https://shop.example/r/redacted"],
    ["https://shop.example/docs#install", "https://shop.example/docs#install"],
    ["https://shop.example/#access_token=1", "https://shop.example/#redacted"],
    [`https://shop.example/#${token}`, "https://shop.example/#redacted"],
    ["https://shop.example/#/a/b?c=d", "https://shop.example/#/a/b?c=redacted"],
    ["https://shop.example/#!/invite/x", "https://shop.example/#!/invite/redacted"],
    ["data:text/html,secret", "data:"],
    ["blob:https://shop.example/1234", "blob:"],
    ["javascript:alert(1)", "javascript:"],
    ["file:///home/ann/a.html", "file:"],
    ["about:blank", "about:"],
    ["/relative", ""],
    ["", ""],
  ])("turns %s into %s", (url, redacted) => {
    expect(redactUrl(url)).toBe(redacted);
  });

  it("changes nothing in what it has redacted", () => {
    const once = redactUrl(`https://a:b@shop.example/share/x/${token}?q=1&utm_source=y#access_token=z`);
    expect(redactUrl(once)).toBe(once);
  });
});

describe("redactUrlsIn", () => {
  it("redacts each URL of a stack and leaves its line and column", () => {
    const stack =
      "Error: x\n    at f (https://shop.example/a.js?v=1:10:5)\n    at https://a:b@shop.example/b.js:1:2";
    expect(redactUrlsIn(stack)).toBe(
      "Error: x\n    at f (https://shop.example/a.js?v=redacted:10:5)\n    at https://shop.example/b.js:1:2",
    );
  });

  it("leaves a text without URLs as it is", () => {
    expect(redactUrlsIn("cannot read x of undefined")).toBe("cannot read x of undefined");
  });
});

/** Marks errors of every copy of the package. */
export const errorBrand: unique symbol = /* @__PURE__ */ Symbol.for("@activity/error");

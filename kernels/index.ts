/** The kernels of one build. */
export * from "./elementwise";
export * from "./linear-algebra/francis";
export * from "./linear-algebra/lu";
export * from "./linear-algebra/product";
export * from "./linear-algebra/rows";
export * from "./map";
export * from "./normal";
export * from "./product";

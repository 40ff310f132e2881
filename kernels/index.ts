/** The kernels of one build. */
export * from "./elementwise";
export * from "./map";
export * from "./normal";
export * from "./product";
